/** The words that stand for transforms, on the command line and in options; a transform's code is loaded when it is made. */
import type { TransformKind } from "./transform.ts";

// biome-ignore format: one transform a line
export const kinds = {
  pad: async () => (await import("./pad.ts")).padKind,
  randomCrop: async () => (await import("./random-crop.ts")).randomCropKind,
  randomHorizontalFlip: async () => (await import("./random-horizontal-flip.ts")).randomHorizontalFlipKind,
  randomResizedCrop: async () => (await import("./random-resized-crop.ts")).randomResizedCropKind,
  cutout: async () => (await import("./cutout.ts")).cutoutKind,
} as const satisfies Record<string, () => Promise<TransformKind<never>>>;

export type TransformName = keyof typeof kinds;

/** Every word that stands for a transform. */
export const transformNames = /* @__PURE__ */ Object.freeze(Object.keys(kinds) as TransformName[]);
