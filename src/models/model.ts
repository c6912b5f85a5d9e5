/** What the list of models says of each, and what making one gives back. */
import { ConvkitError } from "../core/error.ts";
import { formatShape, type Shape } from "../core/shape.ts";
import type { Module } from "../nn/module.ts";

export interface ModelRequest {
  /** One image, C×H×W. */
  readonly inputShape: Shape;
  readonly classes: number;
}

export interface MadeModel {
  readonly net: Module;
  /** How the architecture was adapted to the request; empty when it is as published. */
  readonly notes: readonly string[];
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
}

/** The sentences that say how an input differs from the published one. */
export function requestNotes(name: string, request: ModelRequest, info: ModelInfo): string[] {
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

export function checkRequest(
  name: string,
  inputShape: Shape,
  classes: number,
  smallest: number,
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
}
