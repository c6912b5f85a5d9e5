/** Pictures to segment: coloured discs (class 1) and squares (class 2) on noise, in memory and as a folder of PNG files. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Random } from "../src/core/random.ts";
import type { ArrayDataset, SegmentedDataset } from "../src/data/index.ts";
import type { Tensor } from "../src/graph/tensor.ts";
import { encodeImage } from "../src/image/encode-node.ts";
import type { Image } from "../src/image/image.ts";
import { encodeMask } from "../src/image/mask-node.ts";
import * as nn from "../src/nn/index.ts";

export const shapeClasses = ["background", "disc", "square"] as const;

export interface Shape {
  readonly image: Image;
  readonly mask: Image;
}

/** A disc and a square, or two of one kind; a pure function of the number. */
export function shape(number: number, height: number, width = height): Shape {
  const random = new Random(number, "shapes");
  const data = new Uint8Array(3 * height * width);
  for (let i = 0; i < data.length; i++) data[i] = random.int(120);
  const mask = new Uint8Array(height * width);
  for (let k = 0; k < 2; k++) {
    const kind = 1 + random.int(2);
    const radius = (0.16 + 0.1 * random.uniform()) * Math.min(height, width);
    const [cy, cx] = [height, width].map((side) => radius + random.uniform() * (side - 2 * radius));
    const colour = Array.from(
      { length: 3 },
      (_, c) => (c === kind - 1 ? 200 : 60) + random.int(55),
    );
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [dy, dx] = [Math.abs(y + 0.5 - cy), Math.abs(x + 0.5 - cx)];
        if (kind === 1 ? Math.hypot(dy, dx) > radius : Math.max(dy, dx) > radius) continue;
        mask[y * width + x] = kind;
        for (let c = 0; c < 3; c++) data[3 * (y * width + x) + c] = colour[c];
      }
    }
  }
  return {
    image: { width, height, channels: 3, data },
    mask: { width, height, channels: 1, data: mask },
  };
}

/** Numbers from `first` on. */
export function shapesInMemory(
  length: number,
  side: number,
  first = 0,
): ArrayDataset & SegmentedDataset & { readonly masks: Uint8Array } {
  const pixels = side * side;
  const images = new Uint8Array(3 * length * pixels);
  const masks = new Uint8Array(length * pixels);
  for (let i = 0; i < length; i++) {
    const { image, mask } = shape(first + i, side);
    masks.set(mask.data, i * pixels);
    for (let p = 0; p < 3 * pixels; p++) {
      images[3 * i * pixels + (p % 3) * pixels + Math.floor(p / 3)] = image.data[p];
    }
  }
  return {
    ...{ name: "shapes", length, classes: shapeClasses, shape: [3, side, side], images, masks },
    labels: new Int32Array(length),
  };
}

/** `images/` and `masks/` with so many PNG files; pictures are of several sizes where `sizes` are given. */
export async function writeShapes(
  folder: string,
  count: number,
  sizes: readonly (readonly [number, number])[],
): Promise<void> {
  for (const name of ["images", "masks"]) await mkdir(join(folder, name), { recursive: true });
  for (let i = 0; i < count; i++) {
    const { image, mask } = shape(i, ...sizes[i % sizes.length]);
    await writeFile(join(folder, "images", `${i}.png`), await encodeImage(image));
    await writeFile(join(folder, "masks", `${i}.png`), encodeMask(mask));
  }
}

/** Two levels of a U-Net, a few channels each. */
export class TinyUNet extends nn.Module {
  inner;
  outer;
  up = nn.convTranspose2d(8, { kernel: 2, stride: 2 });
  pool = nn.maxPool2d(2);
  join;
  scores;

  constructor(classes: number) {
    super();
    const block = (width: number) =>
      nn.sequential(
        nn.conv2d(width, { kernel: 3, padding: 1, bias: false }),
        nn.batchNorm2d(),
        nn.relu(),
      );
    this.outer = block(8);
    this.inner = nn.sequential(block(16), block(16));
    this.join = block(8);
    this.scores = nn.conv2d(classes, { kernel: 1 });
  }

  override forward(x: Tensor, mode: nn.Mode): Tensor {
    const fine = this.outer.call(x, mode);
    const coarse = this.inner.call(this.pool.call(fine, mode), mode);
    const both = x.builder.apply("concat", [fine, this.up.call(coarse, mode)], { axis: 1 });
    return this.scores.call(this.join.call(both, mode), mode);
  }
}
