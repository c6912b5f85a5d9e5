/** What makes training noisy, so that it generalises; nothing in evaluation. */
export {
  AlphaDropout,
  alphaDropout,
  featureAlphaDropout,
} from "./alpha-dropout.ts";
export { DropBlock2d, dropBlock2d } from "./drop-block2d.ts";
export { DropPath, type DropPathOptions, dropPath } from "./drop-path.ts";
export { Dropout, dropout } from "./dropout.ts";
export { dropout1d } from "./dropout1d.ts";
export { ChannelDropout, dropout2d } from "./dropout2d.ts";
export { GaussianNoise, gaussianNoise } from "./gaussian-noise.ts";
