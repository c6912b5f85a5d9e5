/** Layers in which every output sees every input. */
export { Linear, type LinearOptions, linear } from "./linear.ts";
