/**
 * Batches for training and evaluation. The order of an epoch is a pure function of (seed, epoch), and so is
 * what each picture looks like, so an epoch can be taken up at any batch. Two buffers take turns: while batch
 * k is trained on, batch k + 1 is filled in the event loop's idle turns.
 */
import { ConvkitError } from "../core/error.ts";
import { type Key, Random } from "../core/random.ts";
import { byteTable, type Preprocessing, sourceChannel } from "../image/preprocessing.ts";
import { type Augmentation, augmentationKey, drawMove, type Move, STILL } from "./augmentation.ts";
import type { Batch, BatchOptions, BatchSource } from "./batches.ts";
import { type ArrayDataset, measureNormalization, preprocessingWith } from "./dataset.ts";
import { nextTurn } from "./turn.ts";

export interface LoaderOptions extends Omit<BatchOptions, "preprocessing"> {
  /** Measured from the data set by default. */
  readonly preprocessing?: Preprocessing;
}

type Buffers = Pick<Batch, "images" | "labels">;

export class Loader implements BatchSource {
  readonly dataset: ArrayDataset;
  readonly capacity: number;
  readonly batchesPerEpoch: number;
  readonly preprocessing: Preprocessing;
  readonly #seed: number;
  readonly #shuffle: boolean;
  readonly #augmentation: Augmentation | undefined;
  readonly #augmentationKey: Key;
  /** What each byte becomes, per channel. */
  readonly #tables: readonly Float32Array[];
  readonly #pool: [Buffers, Buffers][] = [];

  constructor(dataset: ArrayDataset, options: LoaderOptions) {
    const { batch, seed = 0, shuffle = true, augmentation } = options;
    if (dataset.length === 0) {
      throw new ConvkitError("data", `${dataset.name}: holds no picture — check the data set`);
    }
    if (!Number.isInteger(batch) || batch < 1) {
      throw new ConvkitError("data", `batch size ${batch} — give a whole number above 0`);
    }
    const move = augmentation?.shift || augmentation?.flip;
    this.dataset = dataset;
    this.capacity = batch;
    this.batchesPerEpoch = Math.ceil(dataset.length / batch);
    this.preprocessing =
      options.preprocessing ?? preprocessingWith(dataset, measureNormalization(dataset));
    this.#seed = seed;
    this.#shuffle = shuffle;
    this.#augmentation = move ? augmentation : undefined;
    this.#augmentationKey = augmentationKey(seed);
    this.#tables = checkedTables(dataset, this.preprocessing);
  }

  /** A line for the user when the batch size does not suit the data. */
  get note(): string | undefined {
    if (this.capacity <= this.dataset.length) return undefined;
    const { name, length } = this.dataset;
    return `batch ${this.capacity} is larger than ${name} (${length} pictures): each epoch is one batch of ${length}`;
  }

  /** The pictures of an epoch in the order they are trained on. */
  order(epoch: number): Uint32Array {
    const order = Uint32Array.from({ length: this.dataset.length }, (_, i) => i);
    return this.#shuffle ? new Random(this.#seed, "shuffle").fork(epoch).shuffle(order) : order;
  }

  /** The batches of an epoch from `first` on. */
  async *batches(epoch = 0, first = 0): AsyncGenerator<Batch, void, undefined> {
    const order = this.order(epoch);
    const buffers = this.#pool.pop() ?? [this.#allocate(), this.#allocate()];
    let ahead: Batch | undefined;
    let at = first;
    const prepare = (index: number): void => {
      if (at + 1 === index && index < this.batchesPerEpoch) {
        ahead = this.#fill(order, epoch, index, buffers[index % 2]);
      }
    };
    try {
      for (; at < this.batchesPerEpoch; at++) {
        await nextTurn();
        const now: Batch = ahead ?? this.#fill(order, epoch, at, buffers[at % 2]);
        ahead = undefined;
        const next = at + 1;
        void nextTurn().then(() => prepare(next));
        yield now;
      }
    } finally {
      at = this.batchesPerEpoch;
      this.#pool.push(buffers);
    }
  }

  /** One batch in arrays of its own. */
  async batch(epoch: number, index: number): Promise<Batch> {
    return this.#fill(this.order(epoch), epoch, index, this.#allocate());
  }

  dispose(): void {}

  #allocate(): Buffers {
    const [c, h, w] = this.dataset.shape;
    const images = new Float32Array(this.capacity * c * h * w);
    return { images, labels: new Int32Array(this.capacity) };
  }

  #fill(order: Uint32Array, epoch: number, index: number, { images, labels }: Buffers): Batch {
    const start = index * this.capacity;
    const n = Math.min(this.capacity, this.dataset.length - start);
    const size = images.length / this.capacity;
    for (let i = 0; i < n; i++) {
      const picture = order[start + i];
      labels[i] = this.dataset.labels[picture];
      const move = this.#augmentation
        ? drawMove(this.#augmentation, this.#augmentationKey, epoch, picture)
        : STILL;
      this.#copy(images, i * size, picture * size, move);
    }
    images.fill(0, n * size);
    labels.fill(0, n);
    return { epoch, index, n, images, labels };
  }

  /** Bytes → floats, moved: out(y, x) = in(y − dy, x′ − dx), where a flip mirrors x′. */
  #copy(to: Float32Array, at: number, from: number, { flip, dx, dy }: Move): void {
    const [channels, h, w] = this.dataset.shape;
    const bytes = this.dataset.images;
    for (let c = 0; c < channels; c++) {
      const table = this.#tables[c];
      const start = at + c * h * w;
      const plane = from + sourceChannel(this.preprocessing, c) * h * w;
      if (!flip && dx === 0 && dy === 0) {
        for (let p = 0; p < h * w; p++) to[start + p] = table[bytes[plane + p]];
        continue;
      }
      for (let y = 0, p = start; y < h; y++) {
        const row = y - dy;
        for (let x = 0; x < w; x++, p++) {
          const column = (flip ? w - 1 - x : x) - dx;
          const inside = row >= 0 && row < h && column >= 0 && column < w;
          to[p] = table[inside ? bytes[plane + row * w + column] : 0];
        }
      }
    }
  }
}

function checkedTables(dataset: ArrayDataset, how: Preprocessing): Float32Array[] {
  const [channels, height, width] = dataset.shape;
  const found = `${channels}×${height}×${width}`;
  const wanted = `${how.channels}×${how.height}×${how.width}`;
  if (found !== wanted) {
    throw new ConvkitError(
      "data",
      `${dataset.name} has pictures of ${found}, the model expects ${wanted} — ` +
        "use a data set of that shape, or train the model anew",
    );
  }
  return Array.from({ length: channels }, (_, c) => byteTable(how, c));
}
