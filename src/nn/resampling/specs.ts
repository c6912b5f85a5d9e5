/** The catalogue of this folder, for tests and for docs/layers.md. */
import type { LayerSpec } from "../layer-spec.ts";
import { blurPool2dSpec } from "./blur-pool2d.ts";
import { channelShuffleSpec } from "./channel-shuffle.ts";
import { imagePyramidSpec, laplacianPyramidSpec } from "./image-pyramid.ts";
import {
  circularPad2dSpec,
  constantPad2dSpec,
  reflectionPad2dSpec,
  replicationPad2dSpec,
  zeroPad2dSpec,
} from "./pad2d.ts";
import { pixelShuffleSpec, pixelUnshuffleSpec } from "./pixel-shuffle.ts";
import { subsampleSpec } from "./subsample.ts";
import { upsampleSpec, upsamplingBilinear2dSpec, upsamplingNearest2dSpec } from "./upsample.ts";

export const resamplingSpecs: readonly LayerSpec[] = [
  upsampleSpec,
  upsamplingNearest2dSpec,
  upsamplingBilinear2dSpec,
  pixelShuffleSpec,
  pixelUnshuffleSpec,
  channelShuffleSpec,
  blurPool2dSpec,
  imagePyramidSpec,
  laplacianPyramidSpec,
  subsampleSpec,
  zeroPad2dSpec,
  constantPad2dSpec,
  reflectionPad2dSpec,
  replicationPad2dSpec,
  circularPad2dSpec,
];
