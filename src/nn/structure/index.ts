/** How layers are put together, and shapes changed between them. */
export { Add, add } from "./add.ts";
export { Concat, concat } from "./concat.ts";
export { Flatten, flatten } from "./flatten.ts";
export { Identity, identity } from "./identity.ts";
export { LayerScale, type LayerScaleOptions, layerScale } from "./layer-scale.ts";
export { Multiply, multiply } from "./multiply.ts";
export type { Layers } from "./named-layers.ts";
export { Parallel, type ParallelOptions, parallel } from "./parallel.ts";
export { Permute, permute } from "./permute.ts";
export { Residual, type ResidualOptions, residual } from "./residual.ts";
export { Sequential, sequential } from "./sequential.ts";
export { Unflatten, unflatten } from "./unflatten.ts";
