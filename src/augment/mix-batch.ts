/**
 * Mixup (Zhang et al. 2018, arXiv:1710.09412: x = λ·x_i + (1 − λ)·x_j, the targets alike) and CutMix (Yun et al. 2019,
 * arXiv:1905.04899: a box of x_j in x_i, the targets by the shares of area) on a batch that is ready for training. As timm has
 * them: an image's partner is the one at its place from the end, one of both is chosen where both are on, and CutMix's λ is that of the
 * box as it was cut at the picture's edges.
 */
import { ConvkitError } from "../core/error.ts";
import { type Key, Random } from "../core/random.ts";
import { randomBeta } from "../core/random-beta.ts";
import { checkedWord } from "./checks.ts";

/** Options of timm's `Mixup` under its names; smoothing labels is the loss's affair. */
export interface MixSettings {
  /** λ is drawn from Beta(α, α); 0, the default, is no mixup. */
  readonly mixupAlpha?: number;
  /** The same for CutMix. */
  readonly cutmixAlpha?: number;
  /** The sides of CutMix's box as shares of the picture's, least and most, drawn uniformly, in place of α. */
  readonly cutmixMinmax?: readonly [number, number];
  /** How often anything is mixed; 1 by default. */
  readonly prob?: number;
  /** How often it is CutMix where both are on; 0.5 by default. */
  readonly switchProb?: number;
  /** One λ for a batch (the default), for each image, or for each pair of partners. */
  readonly mode?: "batch" | "elem" | "pair";
}

export interface MixableBatch {
  /** N×C×H×W. */
  readonly shape: readonly [number, number, number, number];
  /** N·C·H·W numbers, mixed in place. */
  readonly images: Float32Array;
  readonly classes: number;
  /** N class numbers, or N·classes soft targets. */
  readonly labels: Int32Array | Float32Array;
}

/** What happens to one image: rows and columns of the box that its partner fills, or none, and its own share λ. */
export interface Mix {
  readonly lambda: number;
  readonly box?: CutBox;
}

/** Rows top ≤ y < bottom, columns left ≤ x < right. */
export interface CutBox {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/**
 * Mixes `batch.images` in place and gives the targets, N×classes, rows of which sum to 1. A function of the key alone: the trainer
 * derives it from seed, epoch and batch. Throws for settings out of range and arrays that do not fit.
 */
export function mixBatch(settings: MixSettings, key: Key, batch: MixableBatch): Float32Array {
  const { images, shape, classes } = batch;
  const [n, channels, height, width] = shape;
  const size = channels * height * width;
  checkMixSettings(settings);
  const targets = oneHotTargets(batch);
  if (images.length !== n * size) {
    const found = `${images.length} numbers for ${shape.join("×")}`;
    throw new ConvkitError("mixBatch", `got ${found} — give images N×C×H×W`);
  }
  const mixes = drawMixes(settings, key, n, height, width);
  const imageOf = (i: number) => images.subarray(i * size, (i + 1) * size);
  const rowOf = (i: number) => targets.subarray(i * classes, (i + 1) * classes);
  for (let i = 0; 2 * i < n; i++) {
    const j = n - 1 - i;
    const [image, row] = [imageOf(i).slice(), rowOf(i).slice()];
    mixInto(imageOf(i), imageOf(j), mixes[i], [height, width]);
    mixInto(imageOf(j), image, mixes[j], [height, width]);
    blendInto(rowOf(i), rowOf(j), mixes[i].lambda);
    blendInto(rowOf(j), row, mixes[j].lambda);
  }
  return targets;
}

/** Throws for what is out of range. */
function checkMixSettings(settings: MixSettings): void {
  const { mixupAlpha = 0, cutmixAlpha = 0, cutmixMinmax, prob = 1, switchProb = 0.5 } = settings;
  checkedWord("mixBatch", "mode", settings.mode ?? "batch", ["batch", "elem", "pair"]);
  for (const [name, alpha] of Object.entries({ mixupAlpha, cutmixAlpha })) {
    if (!(alpha >= 0)) throw new ConvkitError("mixBatch", `${name} is ${alpha}, expected ≥ 0`);
  }
  for (const [name, p] of Object.entries({ prob, switchProb })) {
    if (!(p >= 0 && p <= 1)) {
      throw new ConvkitError("mixBatch", `${name} is ${p}, expected 0 ≤ ${name} ≤ 1`);
    }
  }
  const [least, most] = cutmixMinmax ?? [0, 1];
  if (!(least >= 0 && least <= most && most <= 1)) {
    throw new ConvkitError(
      "mixBatch",
      `cutmixMinmax is ${least},${most} — give shares of a side, least first, between 0 and 1`,
    );
  }
}

/** What happens to each of n images. */
export function drawMixes(
  settings: MixSettings,
  key: Key,
  n: number,
  height: number,
  width: number,
): Mix[] {
  const random = Random.of(key);
  const draw = () => drawMix(settings, random, height, width);
  const { mode = "batch" } = settings;
  if (mode === "batch") return Array<Mix>(n).fill(draw());
  if (mode === "elem") return Array.from({ length: n }, draw);
  const half = Array.from({ length: Math.ceil(n / 2) }, draw);
  return Array.from({ length: n }, (_, i) => half[Math.min(i, n - 1 - i)]);
}

function drawMix(settings: MixSettings, random: Random, height: number, width: number): Mix {
  const { mixupAlpha = 0, cutmixMinmax, prob = 1, switchProb = 0.5 } = settings;
  const cutmixAlpha = settings.cutmixAlpha || (cutmixMinmax ? 1 : 0);
  if (mixupAlpha + cutmixAlpha === 0 || random.uniform() >= prob) return { lambda: 1 };
  const cut = cutmixAlpha > 0 && (mixupAlpha === 0 || random.uniform() < switchProb);
  const alpha = cut ? cutmixAlpha : mixupAlpha;
  const lambda = randomBeta(random, alpha, alpha);
  if (!cut) return { lambda };
  const box = cutmixMinmax
    ? boxBetween(cutmixMinmax, random, height, width)
    : boxOfShare(1 - lambda, random, height, width);
  const area = (box.bottom - box.top) * (box.right - box.left);
  return { lambda: 1 - area / (height * width), box };
}

/** Sides of √share, about a uniform centre, cut at the picture's edges (Yun et al., equation 2). */
function boxOfShare(share: number, random: Random, height: number, width: number): CutBox {
  const side = (size: number) => {
    const half = Math.floor(Math.floor(size * Math.sqrt(share)) / 2);
    const centre = random.int(size);
    return [Math.max(centre - half, 0), Math.min(centre + half, size)];
  };
  const [[top, bottom], [left, right]] = [side(height), side(width)];
  return { top, bottom, left, right };
}

/** Sides drawn between two shares, within the picture. */
function boxBetween(
  [least, most]: readonly [number, number],
  random: Random,
  height: number,
  width: number,
): CutBox {
  const side = (size: number) => {
    const low = Math.floor(size * least);
    const length = low + random.int(Math.floor(size * most) - low + 1);
    const start = random.int(size - length + 1);
    return [start, start + length];
  };
  const [[top, bottom], [left, right]] = [side(height), side(width)];
  return { top, bottom, left, right };
}

function oneHotTargets({ shape: [n], labels, classes }: MixableBatch): Float32Array {
  if (labels instanceof Float32Array) {
    if (labels.length !== n * classes) throw misfit(labels.length, n * classes, "soft targets");
    return labels.slice();
  }
  if (labels.length !== n) throw misfit(labels.length, n, "labels");
  const targets = new Float32Array(n * classes);
  labels.forEach((label, i) => {
    if (!(label >= 0 && label < classes)) {
      throw new ConvkitError("mixBatch", `label ${label} is not among ${classes} classes`);
    }
    targets[i * classes + label] = 1;
  });
  return targets;
}

const misfit = (found: number, expected: number, what: string) =>
  new ConvkitError("mixBatch", `got ${found} ${what}, expected ${expected} — one row an image`);

/** Gives an image its share of another. */
function mixInto(
  own: Float32Array,
  other: Float32Array,
  { lambda, box }: Mix,
  [height, width]: readonly [number, number],
): void {
  if (!box) {
    blendInto(own, other, lambda);
    return;
  }
  for (let plane = 0; plane < own.length; plane += height * width) {
    for (let y = box.top; y < box.bottom; y++) {
      const [from, to] = [plane + y * width + box.left, plane + y * width + box.right];
      own.set(other.subarray(from, to), from);
    }
  }
}

/** λ·own + (1 − λ)·other. */
function blendInto(own: Float32Array, other: Float32Array, lambda: number): void {
  if (lambda === 1) return;
  for (let i = 0; i < own.length; i++) own[i] = lambda * own[i] + (1 - lambda) * other[i];
}
