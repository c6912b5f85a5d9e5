/** Transforms of a whole batch by their names, whose code is loaded when they are made. */
import type { Tensor } from "../../graph/tensor.ts";
import { checkedSettings, findName } from "../../nn/named-settings.ts";
import type { TransformSettings } from "../settings.ts";
import {
  applyBatchTransforms,
  type BatchTransformKind,
  type PixelScale,
} from "./batch-transform.ts";

// biome-ignore format: one transform a line
const kinds = {
  randomHorizontalFlip: async () => (await import("./random-horizontal-flip.ts")).randomHorizontalFlipKind,
  randomCrop: async () => (await import("./random-crop.ts")).randomCropKind,
  cutout: async () => (await import("./cutout.ts")).cutoutKind,
  randomErasing: async () => (await import("./random-erasing.ts")).randomErasingKind,
  colorJitter: async () => (await import("./color-jitter.ts")).colorJitterKind,
} as const satisfies Record<string, () => Promise<BatchTransformKind<never>>>;

/** The transforms that a compiled program can do itself. */
export const batchTransformNames = /* @__PURE__ */ Object.freeze(
  Object.keys(kinds) as (keyof typeof kinds)[],
);

/** Changes images N×C×H×W within a graph, drawing from a key i32[2]. */
export type AugmentImages = (images: Tensor, key: Tensor) => Tensor;

/**
 * One function out of several settings, in their order; `pixels` says how pixels became the network's numbers. Throws for
 * transforms that no program does, and for options that there are not.
 */
export async function makeBatchTransforms(
  settings: readonly TransformSettings[],
  pixels: PixelScale,
): Promise<AugmentImages> {
  const transforms = await Promise.all(
    settings.map(async ({ name, ...options }) => {
      const found = findName("batch transform", name, batchTransformNames);
      const kind = (await kinds[found]()) as BatchTransformKind;
      return kind.make(checkedSettings("transform", found, kind.settings, options), pixels);
    }),
  );
  return (images, key) => applyBatchTransforms(transforms, images, key);
}
