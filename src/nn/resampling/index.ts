/** Layers that change an image's size, or its size against its channels. */
export { type BlurPool2dOptions, blurPool2d } from "./blur-pool2d.ts";
export { ChannelShuffle, channelShuffle } from "./channel-shuffle.ts";
export { collapsePyramid, imagePyramid, laplacianPyramid } from "./image-pyramid.ts";
export { type InterpolateMode, type InterpolateOptions, interpolate } from "./interpolate.ts";
export {
  circularPad2d,
  constantPad2d,
  Pad2d,
  type Padding2d,
  reflectionPad2d,
  replicationPad2d,
  zeroPad2d,
} from "./pad2d.ts";
export { PixelShuffle, PixelUnshuffle, pixelShuffle, pixelUnshuffle } from "./pixel-shuffle.ts";
export { Subsample, subsample } from "./subsample.ts";
export { Upsample, upsample, upsamplingBilinear2d, upsamplingNearest2d } from "./upsample.ts";
