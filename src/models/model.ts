/** What the list of models says of each, what making one takes, and what it gives back. */
import { ConvkitError } from "../core/error.ts";
import { formatShape, type Shape } from "../core/shape.ts";
import type { StoredTensors } from "../formats/stored-tensors.ts";
import type { ImageArray } from "../nn/init/whitening.ts";
import type { Module } from "../nn/module.ts";

/**
 * The first layers: as published for ImageNet's pictures, or as the field makes them for CIFAR's 32×32, a 3×3
 * convolution without stride and no pool.
 */
export type Stem = "imagenet" | "cifar";

export interface ModelRequest {
  /** One of the file's names. */
  readonly name: string;
  /** One image, C×H×W. */
  readonly inputShape: Shape;
  readonly classes: number;
  /** By default "cifar" for images of up to 48×48 where an architecture has such a stem, else "imagenet". */
  readonly stem?: Stem;
  /** Of the dropout before the classifier; the published one by default. */
  readonly dropRate?: number;
  /** Of stochastic depth at the last block, from 0 at the first; the published one by default. */
  readonly dropPathRate?: number;
  /** Whether auxiliary classifiers are there, for architectures that have them; true by default. */
  readonly auxiliary?: boolean;
}

export interface MadeModel {
  readonly net: Module;
  /** How the architecture was adapted to the request; empty when it is as published. */
  readonly notes: readonly string[];
  /** A file of published weights as one for this network: names of another age, positions of another size. */
  readonly adapt?: (weights: StoredTensors) => StoredTensors;
  /** Initial values that follow from training pictures, prepared as its input is; once its states are in being. */
  readonly initializeFrom?: (images: ImageArray) => void;
}

/** How the published weights want their pictures, where it is not ImageNet's usual way: the middle 224 of 256, its mean and deviation. */
export interface Pictures {
  /** The share of the short side that the crop keeps. */
  readonly cropPct?: number;
  /** Bilinear by default. */
  readonly interpolation?: "bilinear" | "bicubic";
  /** Of red, green and blue in 0 … 1. */
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
}

/** To −1 … 1, as Inception's authors do; torchvision's GoogLeNet and Inception v3 do it themselves (`transform_input`). */
export const toPlusMinusOne = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const;

/** A published accuracy on ImageNet's validation images in per cent, of one centre crop unless the source says more. */
export interface Accuracy {
  readonly top1: number;
  readonly source: string;
}

export interface ModelInfo {
  readonly name: string;
  readonly title: string;
  /** The input it was designed for, C×H×W. */
  readonly inputShape: Shape;
  readonly classes: number;
  /** Trainable values and multiply-accumulates of one image, at that input; tests recount both. */
  readonly parameters: number;
  readonly macs: number;
  readonly source: string;
  /** What it is trained with by default. */
  readonly loss: "crossEntropy" | "squaredError";
  /** What it gives: scores N×K by default, score maps N×K×H×W, or images. */
  readonly task?: "classification" | "segmentation" | "superResolution";
  readonly accuracy?: Accuracy;
  readonly pictures?: Pictures;
}

/** A file of `models/`: one architecture, in all its sizes. */
export interface Architecture {
  readonly infos: readonly ModelInfo[];
  make(request: ModelRequest): MadeModel;
  /** timm's name for a state of ours; undefined where timm has no such model, or one of other states. */
  timmKey?(name: string, key: string): string;
  /** timm's shape for a state of ours, where it differs. */
  timmShape?(name: string, key: string, shape: Shape): Shape;
}

/** timm's name and shape for a state of ours. */
export type TimmState = (key: string, shape: Shape) => { name: string; shape: Shape };

/** That of the size with this name. */
export function infoOf(infos: readonly ModelInfo[], name: string): ModelInfo {
  const info = infos.find((candidate) => candidate.name === name);
  if (info) return info;
  throw new ConvkitError(name, `is none of ${infos.map((known) => known.name).join(", ")}`);
}

/** The stem of a request: see `ModelRequest.stem`. */
export function stemOf({ stem, inputShape }: ModelRequest): Stem {
  const [, h, w] = inputShape;
  return stem ?? (Math.max(h, w) <= 48 ? "cifar" : "imagenet");
}

/** The sentences that say how an input differs from the published one. */
export function requestNotes(request: ModelRequest, info: ModelInfo): string[] {
  const { name } = info;
  const notes: string[] = [];
  const [c, h, w] = request.inputShape;
  if (c !== info.inputShape[0]) {
    notes.push(`${name}: ${c} input channels instead of ${info.inputShape[0]}`);
  }
  if (h !== info.inputShape[1] || w !== info.inputShape[2]) {
    notes.push(`${name}: ${h}×${w} input instead of ${formatShape(info.inputShape.slice(1))}`);
  }
  if (request.classes !== info.classes) {
    notes.push(`${name}: ${request.classes} classes instead of ${info.classes}`);
  }
  return notes;
}

/** The sentence for a CIFAR stem in place of the published one. */
export const stemNote = (name: string): string =>
  `${name}: first layers as for 32×32 pictures, a 3×3 convolution without stride and no pool (stem "imagenet" has the published ones)`;

/** Refuses what no model can be made for; `multiple` is what sides must be divisible by. */
export function checkRequest(
  { name, inputShape, classes }: ModelRequest,
  smallest: number,
  multiple = 1,
): void {
  const whole = (n: number) => Number.isInteger(n) && n > 0;
  if (inputShape.length !== 3 || !inputShape.every(whole)) {
    throw new ConvkitError(
      name,
      `input ${formatShape(inputShape)} is not an image — give channels, height and width`,
    );
  }
  if (!whole(classes)) throw new ConvkitError(name, `${classes} classes — at least one is needed`);
  const [, h, w] = inputShape;
  if (h < smallest || w < smallest) {
    throw new ConvkitError(
      name,
      `${h}×${w} images are too small, at least ${smallest}×${smallest} are needed — ` +
        "enlarge them or choose another model",
    );
  }
  if (h % multiple !== 0 || w % multiple !== 0) {
    throw new ConvkitError(
      name,
      `the sides of ${h}×${w} images are no multiples of ${multiple} — resize them to ` +
        `${formatShape([h, w].map((size) => Math.ceil(size / multiple) * multiple))}`,
    );
  }
}
