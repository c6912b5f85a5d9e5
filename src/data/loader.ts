/**
 * Batches of pictures in memory. The order of an epoch is a pure function of (seed, epoch), and so is
 * what each picture looks like, so an epoch can be taken up at any batch. Two buffers take turns: while batch
 * k is trained on, batch k + 1 is filled in the event loop's idle turns.
 */
import { ConvkitError } from "../core/error.ts";
import { byteTable, type Preprocessing, sourceChannel } from "../image/preprocessing.ts";
import type { PictureCopy } from "./array-augmentation.ts";
import type { Batch, BatchOptions, BatchSource, Buffers } from "./batches.ts";
import type { ArrayDataset, DatasetFacts } from "./dataset.ts";
import { type EpochOrder, epochOrder } from "./epoch-order.ts";
import { measureNormalization, preprocessingWith } from "./normalization.ts";
import { nextTurn } from "./turn.ts";

export interface LoaderOptions extends Pick<BatchOptions, "batch" | "seed" | "shuffle" | "size"> {
  /** Measured from the data set by default. */
  readonly preprocessing?: Preprocessing;
}

/** What `openBatches` brings along when it is asked for. */
interface Parts {
  readonly order?: EpochOrder;
  readonly copy?: PictureCopy;
}

export class Loader implements BatchSource {
  readonly dataset: ArrayDataset;
  readonly capacity: number;
  readonly batchesPerEpoch: number;
  readonly preprocessing: Preprocessing;
  /** The pictures of an epoch in the order they are trained on. */
  readonly order: EpochOrder;
  readonly #copy: PictureCopy;
  /** Numbers of a picture. */
  readonly #size: number;
  /** Labels of a picture: one, or one a pixel. */
  readonly #labels: number;
  readonly #pool: [Buffers, Buffers][] = [];

  constructor(dataset: ArrayDataset, options: LoaderOptions, parts: Parts = {}) {
    const { batch, seed = 0, shuffle = true } = options;
    const { length, shape } = dataset;
    checkBatch(dataset, batch);
    this.dataset = dataset;
    this.capacity = batch;
    this.batchesPerEpoch = Math.ceil(length / batch);
    this.preprocessing =
      options.preprocessing ?? preprocessingWith(dataset, measureNormalization(dataset));
    checkShape(dataset, this.preprocessing);
    const [height, width] = options.size ?? shape.slice(1);
    this.#size = shape[0] * height * width;
    this.#labels = dataset.masks ? height * width : 1;
    this.order = parts.order ?? epochOrder(length, seed, shuffle);
    this.#copy = parts.copy ?? plainCopy(dataset, this.preprocessing);
  }

  get note(): string | undefined {
    return noteOf(this.dataset, this.capacity);
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
    const images = new Float32Array(this.capacity * this.#size);
    return { images, labels: new Int32Array(this.capacity * this.#labels) };
  }

  #fill(order: Uint32Array, epoch: number, index: number, buffers: Buffers): Batch {
    const { images, labels } = buffers;
    const start = index * this.capacity;
    const n = Math.min(this.capacity, order.length - start);
    for (let i = 0; i < n; i++) {
      const picture = order[start + i];
      if (this.#labels === 1) labels[i] = this.dataset.labels[picture];
      this.#copy(buffers, i, picture, epoch, start + i);
    }
    images.fill(0, n * this.#size);
    labels.fill(0, n * this.#labels);
    return { epoch, index, n, images, labels };
  }
}

/** Bytes → floats. */
function plainCopy(dataset: ArrayDataset, how: Preprocessing): PictureCopy {
  const [channels, height, width] = dataset.shape;
  const pixels = height * width;
  const tables = Array.from({ length: channels }, (_, c) => byteTable(how, c));
  return ({ images: to }, i, picture) => {
    // All in one function: V8 takes twice as long where the loop over pixels is one of its own.
    for (let c = 0; c < channels; c++) {
      const [bytes, table, count] = [dataset.images, tables[c], pixels];
      const start = (i * channels + c) * count;
      const plane = (picture * channels + sourceChannel(how, c)) * count;
      for (let p = 0; p < count; p++) to[start + p] = table[bytes[plane + p]];
    }
  };
}

/** Throws for a batch that holds nothing. */
export function checkBatch({ name, length }: DatasetFacts, batch: number): void {
  if (length === 0) {
    throw new ConvkitError("data", `${name}: holds no picture — check the data set`);
  }
  if (!Number.isInteger(batch) || batch < 1) {
    throw new ConvkitError("data", `batch size ${batch} — give a whole number above 0`);
  }
}

export const noteOf = ({ name, length }: DatasetFacts, capacity: number): string | undefined =>
  capacity > length
    ? `batch ${capacity} is larger than ${name} (${length} pictures): each epoch is one batch of ${length}`
    : undefined;

function checkShape(dataset: ArrayDataset, how: Preprocessing): void {
  const found = dataset.shape.join("×");
  const wanted = `${how.channels}×${how.height}×${how.width}`;
  if (found !== wanted) {
    throw new ConvkitError(
      "data",
      `${dataset.name} has pictures of ${found}, the model expects ${wanted} — ` +
        "use a data set of that shape, or train the model anew",
    );
  }
}
