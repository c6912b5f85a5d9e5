export { customGradient } from "./custom-gradient.ts";
export { grad } from "./grad.ts";
export { pullback } from "./pullback.ts";
