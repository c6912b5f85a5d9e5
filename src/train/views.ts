/**
 * Test-time augmentation: a network's outputs are the means over several views of each picture.
 *
 *   flip        the picture and its mirror image
 *   flip-shift  these, and both moved by a 32nd of the side to the upper left and the lower right over reflected edges, so that half
 *               of the weight lies on what is not moved (Jordan 2024, arXiv:2404.00498, section 3.5: one pixel of CIFAR's 32)
 *   ten-crop    corners and middle, each 7/8 of the side, and their mirror images (Krizhevsky et al. 2012, section 4.1: 224 of 256),
 *               at the picture's own size, so that any network takes them
 */
import { ConvkitError } from "../core/error.ts";
import { padImages } from "../nn/convolution/pad-mode.ts";
import { interpolate } from "../nn/resampling/interpolate.ts";
import {
  type Compiled,
  type CompileOptions,
  compile,
  type HostTensor,
  type Tensor,
} from "../tensor/index.ts";
import type { Task } from "./tasks/task.ts";

export type TestTimeAugmentation = "none" | "flip" | "flip-shift" | "ten-crop";

export interface View {
  readonly weight: number;
  /** N×C×H×W to the same shape. */
  readonly of: (images: Tensor) => Tensor;
}

const same = (images: Tensor): Tensor => images;

const mirrored = (images: Tensor): Tensor => images.builder.apply("flip", [images], { axes: [3] });

/** With their mirror images, of half the weight each. */
const both = (views: readonly View[]): View[] =>
  views.flatMap(({ weight, of }) => [
    { weight: weight / 2, of },
    { weight: weight / 2, of: (images: Tensor) => of(mirrored(images)) },
  ]);

/** Moved towards a corner by a 32nd of each side, at least a pixel. */
const moved =
  (direction: 1 | -1) =>
  (images: Tensor): Tensor => {
    const [rows, columns] = images.shape.slice(2).map((size) => Math.max(1, Math.round(size / 32)));
    const sides = [rows, rows, columns, columns];
    const wide = padImages("tta", images, sides, "reflect", 0);
    const [, , height, width] = images.shape;
    const [top, left] = direction === 1 ? [2 * rows, 2 * columns] : [0, 0];
    return wide.slice(2, top, top + height).slice(3, left, left + width);
  };

/** The part of 7/8 of each side whose place is a share of the rest, at the size of the whole. */
const crop =
  (place: readonly number[]) =>
  (images: Tensor): Tensor => {
    const size = images.shape.slice(2);
    const large = interpolate(images, {
      size: size.map((side) => Math.round((side * 8) / 7)),
      mode: "bilinear",
    });
    return place.reduce((part, share, i) => {
      const start = Math.round((part.shape[2 + i] - size[i]) * share);
      return part.slice(2 + i, start, start + size[i]);
    }, large);
  };

// biome-ignore format: one crop an entry
const PLACES = [[0, 0], [0, 1], [1, 0], [1, 1], [0.5, 0.5]];

const kinds: Readonly<Record<TestTimeAugmentation, readonly View[]>> = {
  none: [{ weight: 1, of: same }],
  flip: both([{ weight: 1, of: same }]),
  "flip-shift": both([
    { weight: 0.5, of: same },
    { weight: 0.25, of: moved(1) },
    { weight: 0.25, of: moved(-1) },
  ]),
  "ten-crop": both(PLACES.map((place) => ({ weight: 1 / PLACES.length, of: crop(place) }))),
};

/** Every word that stands for one. */
export const testTimeAugmentations = Object.keys(kinds) as readonly TestTimeAugmentation[];

/** Throws for a word that stands for none. Weights sum to 1. */
export function viewsOf(kind: TestTimeAugmentation): readonly View[] {
  if (Object.hasOwn(kinds, kind)) return kinds[kind];
  throw new ConvkitError(
    "tta",
    `there is no test-time augmentation "${kind}" — there are ${testTimeAugmentations.join(", ")}`,
  );
}

type Named<T> = Record<string, T>;

/** A network's outputs as means over views of its first input, which is pictures. One program serves all views. */
export class ViewAverage {
  readonly #network: Compiled<Named<Tensor>>;
  readonly #views: readonly { readonly weight: number; readonly of: Compiled<Tensor> }[];

  constructor(
    network: (...inputs: Tensor[]) => Named<Tensor>,
    kind: TestTimeAugmentation,
    options: CompileOptions,
  ) {
    this.#network = compile(network, options);
    this.#views = viewsOf(kind).map(({ weight, of }) => ({ weight, of: compile(of, options) }));
  }

  async run(images: HostTensor, ...others: HostTensor[]): Promise<Named<HostTensor>> {
    const sums: Named<HostTensor> = {};
    for (const { weight, of } of this.#views) {
      const outputs = await this.#network(await of(images), ...others);
      for (const [name, { data, ...type }] of Object.entries(outputs)) {
        const sum = sums[name]?.data ?? new Float32Array(data.length);
        for (const [i, value] of data.entries()) sum[i] += weight * value;
        sums[name] = { ...type, data: sum };
      }
    }
    return sums;
  }

  dispose(): void {
    this.#network.dispose();
    for (const { of } of this.#views) of.dispose();
  }
}

/** The task's results and the loss of a batch. */
export interface Judge {
  run(
    inputs: readonly HostTensor[],
    targets: readonly HostTensor[],
  ): Promise<Record<string, HostTensor>>;
  dispose(): void;
}

/** Judges means of a network's outputs. */
export function viewJudge(
  { forward, judge }: Pick<Task, "forward" | "judge">,
  kind: TestTimeAugmentation,
  options: CompileOptions,
): Judge {
  const average = new ViewAverage(
    (...inputs) =>
      Object.fromEntries(
        forward(inputs, { training: false }).map(({ name, tensor }) => [name, tensor]),
      ),
    kind,
    options,
  );
  let names: readonly string[] = [];
  const program = compile((...tensors) => {
    const outputs = names.map((name, i) => ({ name, tensor: tensors[i] }));
    const { loss, results } = judge(outputs, tensors.slice(names.length), false);
    return { ...results, loss };
  }, options);
  return {
    async run([images, ...others], targets) {
      const outputs = await average.run(images, ...others);
      names = Object.keys(outputs);
      return program(...Object.values(outputs), ...targets);
    },
    dispose() {
      average.dispose();
      program.dispose();
    },
  };
}
