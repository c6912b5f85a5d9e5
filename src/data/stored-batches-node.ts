/**
 * Batches of pictures in files, decoded, transformed and prepared by worker threads which write straight into the batch's memory.
 * Two batches are made while one is trained on; the order and what each picture looks like are functions of
 * (seed, epoch), whoever makes it and when. Decoded pictures are kept as long as there is room.
 */
import { availableParallelism, freemem } from "node:os";
import { ConvkitError } from "../core/error.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import type { Batch, BatchOptions, BatchSource, Buffers } from "./batches.ts";
import type { StoredDataset } from "./dataset.ts";
import { type EpochOrder, epochOrder } from "./epoch-order.ts";
import { checkBatch, noteOf } from "./loader.ts";
import { type PictureWork, pictureWork } from "./picture-task-node.ts";
import { PictureWorkers } from "./picture-workers-node.ts";
import { type Picture, type Seen, seenPictures } from "./prepare-picture.ts";
import { weightedOrder } from "./weighted-sampler.ts";

/** Batches in the making while another is used. */
const AHEAD = 2;
/** Pictures of a task: few enough to be shared out evenly, enough to make messages cheap. */
const PICTURES = 8;

/** One a core but one, as files are decoded by threads of their own; none that would take longer to begin than to do its share. */
const defaultWorkers = (pictures: number): number =>
  Math.min(Math.max(1, availableParallelism() - 1), Math.floor(pictures / 64));

export async function openStoredBatches(
  dataset: StoredDataset,
  options: BatchOptions,
): Promise<BatchSource> {
  const { batch, seed = 0, shuffle = true, sampler, augmentation = [], size } = options;
  checkBatch(dataset, batch);
  const { workers = defaultWorkers(dataset.length) } = options;
  const { cacheBytes = Math.min(2 ** 30, freemem() / 4) } = options;
  if (!Number.isInteger(workers) || workers < 0) {
    throw new ConvkitError("data", `${workers} workers — give a whole number from 0`);
  }
  const [height, width] = size ?? [options.preprocessing.height, options.preprocessing.width];
  const preprocessing = { ...options.preprocessing, height, width };
  const { maskClasses } = dataset;
  const settings = { preprocessing, augmentation, ...(maskClasses && { maskClasses }) };
  // Made here as well, so that what is wrong with the transforms is told now.
  const own = await pictureWork(settings);
  return new StoredBatches(dataset, {
    ...{ batch, preprocessing, cacheBytes },
    order: sampler
      ? weightedOrder(dataset, sampler, seed)
      : epochOrder(dataset.length, seed, shuffle),
    seenOf: seenPictures(seed, sampler !== undefined),
    hire: () => {
      if (workers === 0) return { run: own, dispose: async () => {} };
      return new PictureWorkers(workers, settings);
    },
  });
}

interface Team {
  readonly run: PictureWork;
  dispose(): Promise<void>;
}

interface Parts {
  readonly batch: number;
  readonly preprocessing: Preprocessing;
  readonly cacheBytes: number;
  readonly order: EpochOrder;
  readonly seenOf: ReturnType<typeof seenPictures>;
  /** Begins the threads. */
  readonly hire: () => Team;
}

class StoredBatches implements BatchSource {
  readonly capacity: number;
  readonly batchesPerEpoch: number;
  readonly preprocessing: Preprocessing;
  readonly #dataset: StoredDataset;
  readonly #parts: Parts;
  /** Numbers of a picture. */
  readonly #size: number;
  /** Labels of a picture: one, or one a pixel. */
  readonly #labels: number;
  readonly #free: Buffers[] = [];
  readonly #kept = new Map<number, Picture>();
  #room: number;
  #team: Team | undefined;

  constructor(dataset: StoredDataset, parts: Parts) {
    const { channels, height, width } = parts.preprocessing;
    this.#dataset = dataset;
    this.#parts = parts;
    this.capacity = parts.batch;
    this.batchesPerEpoch = Math.ceil(dataset.length / parts.batch);
    this.preprocessing = parts.preprocessing;
    this.#size = channels * height * width;
    this.#labels = dataset.masks ? height * width : 1;
    this.#room = parts.cacheBytes;
  }

  get note(): string | undefined {
    return noteOf(this.#dataset, this.capacity);
  }

  async *batches(epoch = 0, first = 0): AsyncGenerator<Batch, void, undefined> {
    const order = this.#parts.order(epoch);
    const making: Making[] = [];
    let next = first;
    let given: Buffers | undefined;
    const release = (): void => {
      if (given) this.#free.push(given);
      given = undefined;
    };
    const begin = (): void => {
      while (making.length < AHEAD && next < this.batchesPerEpoch) {
        making.push(this.#make(order, epoch, next++, this.#free.pop() ?? this.#allocate()));
      }
    };
    try {
      for (begin(); making.length > 0; ) {
        const batch = await making[0].done;
        given = making.shift()?.buffers;
        begin();
        yield batch;
        release();
      }
    } finally {
      release();
      // Memory that is still written to is of no use to others.
      await Promise.allSettled(making.map(({ done }) => done));
      this.#free.push(...making.map(({ buffers }) => buffers));
    }
  }

  batch(epoch: number, index: number): Promise<Batch> {
    return this.#make(this.#parts.order(epoch), epoch, index, this.#allocate()).done;
  }

  dispose(): void {
    void this.#team?.dispose();
    this.#kept.clear();
  }

  /** In memory that threads share. */
  #allocate(): Buffers {
    const memory = (numbers: number) => new SharedArrayBuffer(4 * this.capacity * numbers);
    return {
      images: new Float32Array(memory(this.#size)),
      labels: new Int32Array(memory(this.#labels)),
    };
  }

  #make(order: Uint32Array, epoch: number, index: number, buffers: Buffers): Making {
    const { images, labels } = buffers;
    const start = index * this.capacity;
    const chosen = order.subarray(start, start + this.capacity);
    const n = chosen.length;
    if (!this.#dataset.masks) {
      labels.set(Array.from(chosen, (picture) => this.#dataset.labels[picture]));
    }
    images.fill(0, n * this.#size);
    labels.fill(0, n * this.#labels);
    const tasks: Promise<void>[] = [];
    for (let at = 0; at < n; at += PICTURES) {
      const seenOf = (picture: number, i: number) =>
        this.#parts.seenOf(epoch, picture, start + at + i);
      tasks.push(this.#prepare(chosen.subarray(at, at + PICTURES), buffers, at, seenOf));
    }
    // All are waited for, so that nothing writes into the memory afterwards.
    const done = Promise.allSettled(tasks).then((outcomes) => {
      for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
      return { epoch, index, n, images, labels };
    });
    // Told when its turn comes.
    done.catch(() => {});
    return { buffers, done };
  }

  async #prepare(
    chosen: Uint32Array,
    { images, labels }: Buffers,
    at: number,
    seenOf: (picture: number, i: number) => Seen,
  ): Promise<void> {
    this.#team ??= this.#parts.hire();
    const pictures = Array.from(chosen, (picture, i) => ({
      file: this.#dataset.files[picture],
      mask: this.#dataset.masks?.[picture],
      base: this.#kept.get(picture),
      seen: seenOf(picture, i),
    }));
    const decoded = await this.#team.run({
      ...{ images, labels, at, pictures },
      keep: this.#room > 0,
    });
    for (const [i, base] of decoded.entries()) if (base) this.#keep(chosen[i], base);
  }

  /** The first picture that finds no room ends the keeping. */
  #keep(picture: number, base: Picture): void {
    if (this.#kept.has(picture) || this.#room === 0) return;
    const bytes = base.image.data.length + (base.mask?.data.length ?? 0);
    const fits = bytes <= this.#room;
    if (fits) this.#kept.set(picture, base);
    this.#room = fits ? this.#room - bytes : 0;
  }
}

interface Making {
  readonly buffers: Buffers;
  readonly done: Promise<Batch>;
}
