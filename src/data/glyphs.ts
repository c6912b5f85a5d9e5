/**
 * `glyphs`: handwritten-like digits, 28×28 and grey, drawn from a seed, so that a first training needs no
 * download. Skeletons of the digits are bent by a random hand, drawn with a random pen, and soiled: noise,
 * stray specks and bits of neighbouring writing. Glyph i of a seed is the same on every machine and does not
 * depend on how many are made.
 */
import { ConvkitError } from "../core/error.ts";
import { hashName, Random } from "../core/random.ts";
import type { ArrayDataset, DatasetPair } from "./dataset.ts";
import { write } from "./glyph-hand.ts";
import { drawStroke, type Pen } from "./glyph-pen.ts";
import { SKELETONS } from "./glyph-skeletons.ts";
import { GlyphStream } from "./glyph-stream.ts";

export interface GlyphOptions {
  /** How many glyphs to train on (12,000) and to test with (2,000). */
  readonly train?: number;
  readonly test?: number;
  readonly seed?: number;
}

export const GLYPH_SIZE = 28;
export const GLYPH_CLASSES: readonly string[] = SKELETONS.map((_, digit) => String(digit));

export function glyphs({
  train = 12_000,
  test = 2_000,
  seed = 0,
}: GlyphOptions = {}): DatasetPair<ArrayDataset> {
  for (const [part, length] of Object.entries({ train, test })) {
    if (!Number.isInteger(length) || length < 1 || length > 1_000_000) {
      throw new ConvkitError(
        "glyphs",
        `${part}=${length} glyphs — give a number from 1 to 1000000`,
      );
    }
  }
  return { train: draw("train", train, seed), test: draw("test", test, seed) };
}

function draw(split: string, length: number, seed: number): ArrayDataset {
  const { key } = new Random(seed, `glyphs/${split}`);
  const pixels = GLYPH_SIZE * GLYPH_SIZE;
  const images = new Uint8Array(length * pixels);
  const labels = new Int32Array(length);
  const sheet = new Float64Array(pixels);
  for (let i = 0; i < length; i++) {
    const random = new GlyphStream(key, i);
    // Ten in a row hold each digit once, in a random order, so that classes are balanced.
    labels[i] = digitAt(i, key[0] ^ hashName(Math.floor(i / 10)));
    drawGlyph(labels[i], sheet, random);
    for (let p = 0; p < pixels; p++) images[i * pixels + p] = Math.floor(sheet[p] * 255 + 0.5);
  }
  const shape = [1, GLYPH_SIZE, GLYPH_SIZE] as const;
  return { name: "glyphs", length, classes: GLYPH_CLASSES, shape, images, labels };
}

/** Digit i mod 10 of the ten under an affine permutation drawn from `bits`. */
const digitAt = (i: number, bits: number): number =>
  ((i % 10) * [1, 3, 7, 9][bits & 3] + ((bits >>> 2) % 10)) % 10;

/** One digit as ink in 0 … 1. */
function drawGlyph(digit: number, sheet: Float64Array, random: GlyphStream): void {
  sheet.fill(0);
  const forms = SKELETONS[digit];
  const pen: Pen = {
    radius: random.range(0.7, 1.9),
    swing: random.range(0, 0.55),
    soft: random.range(0.9, 2),
  };
  for (const line of write(forms[random.int(forms.length)], GLYPH_SIZE, random)) {
    drawStroke(sheet, GLYPH_SIZE, line, pen, random);
  }
  if (random.chance(0.25)) addNeighbour(sheet, pen, random);
  soil(sheet, random);
}

/** The end of a neighbouring stroke that reaches in from the edge. */
function addNeighbour(sheet: Float64Array, pen: Pen, random: GlyphStream): void {
  const far = GLYPH_SIZE - 1;
  const onLeft = random.chance(0.5);
  const x = onLeft ? random.range(-1, 1.5) : far - random.range(-1, 1.5);
  const y = random.range(2, far - 2);
  const line = Float64Array.of(x, y, x + random.range(-1.5, 1.5), y + random.range(-5, 5));
  drawStroke(sheet, GLYPH_SIZE, line, pen, random);
}

/** Uneven ink, grain of the paper and a few specks. */
function soil(sheet: Float64Array, random: GlyphStream): void {
  const ink = random.range(0.7, 1);
  const grain = random.range(0, 0.07);
  for (let p = 0; p < sheet.length; p++) {
    // Four 8-bit uniforms of one draw make a bell.
    const bits = random.bits();
    const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
    const value = sheet[p] * ink + grain * (sum / 148 - 3.445945945945946);
    sheet[p] = value < 0 ? 0 : Math.min(value, 1);
  }
  for (let speck = random.int(4); speck > 0; speck--) {
    sheet[random.int(sheet.length)] = random.range(0.2, 0.9);
  }
}
