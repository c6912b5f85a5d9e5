/** Pictures of networks, in Node. */
export { type DrawNetworkOptions, drawNetwork } from "./draw-network-node.ts";
