/** Worker threads that share out tasks. They keep the process alive only while there is something to do. */
import { Worker } from "node:worker_threads";
import { ConvkitError } from "../core/error.ts";
import type { Decoded, PictureTask, PictureWorkSettings } from "./picture-task-node.ts";
import type { Answer } from "./picture-worker-node.ts";

/** Tasks that a worker is given at a time, so that it need not wait for this thread when it has done one. */
const AHEAD = 2;

interface Job {
  readonly task: PictureTask;
  readonly resolve: (decoded: Decoded) => void;
  readonly reject: (error: Error) => void;
}

interface Hand {
  readonly worker: Worker;
  /** In the order in which they are answered. */
  readonly jobs: Job[];
}

export class PictureWorkers {
  readonly #hands: readonly Hand[];
  #queue: Job[] = [];
  #failure: Error | undefined;

  /** `script` is what the threads run. */
  constructor(
    count: number,
    settings: PictureWorkSettings,
    script = new URL("./picture-worker-node.ts", import.meta.url),
  ) {
    this.#hands = Array.from({ length: count }, () => this.#hire(settings, script));
  }

  /** Rejects with what went wrong with a picture, and where a worker ended. */
  run(task: PictureTask): Promise<Decoded> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      this.#queue.push({ task, resolve, reject });
      this.#share();
    });
  }

  /** Ends the threads; tasks in progress are rejected. */
  async dispose(): Promise<void> {
    this.#fail(new ConvkitError("data", "the batches were disposed of — open them again"));
    await Promise.all(this.#hands.map(({ worker }) => worker.terminate()));
  }

  #hire(settings: PictureWorkSettings, script: URL): Hand {
    const worker = new Worker(script, { workerData: settings, ...flags() });
    const hand: Hand = { worker, jobs: [] };
    worker.on("message", (answer: Answer) => {
      const job = hand.jobs.shift();
      if (hand.jobs.length === 0) worker.unref();
      if ("decoded" in answer) job?.resolve(answer.decoded);
      else job?.reject(new ConvkitError(answer.where, answer.message));
      this.#share();
    });
    let cause: unknown;
    worker.on("error", (error) => {
      cause = error;
    });
    worker.on("exit", (code) => this.#ended(hand, code, cause));
    // After the listeners, which hold it.
    worker.unref();
    return hand;
  }

  /** The least busy worker takes the next task. */
  #share(): void {
    while (this.#queue.length > 0) {
      const hand = this.#hands.reduce((a, b) => (b.jobs.length < a.jobs.length ? b : a));
      if (hand.jobs.length >= AHEAD) return;
      const job = this.#queue.shift() as Job;
      hand.jobs.push(job);
      hand.worker.ref();
      hand.worker.postMessage(job.task);
    }
  }

  #ended({ jobs }: Hand, code: number, cause: unknown): void {
    const names = jobs[0]?.task.pictures.map(({ file }) => file.name).join(", ");
    const reason = cause instanceof Error ? cause.message : `exit code ${code}`;
    this.#fail(
      new ConvkitError(
        "data",
        `a worker thread that prepares pictures ended (${reason})${names ? `, at one of ${names}` : ""} — ` +
          "look at these files, or try fewer workers",
        { cause },
      ),
    );
  }

  /** The first failure is told from then on. */
  #fail(error: Error): void {
    this.#failure ??= error;
    const jobs = [...this.#hands.flatMap((hand) => hand.jobs.splice(0)), ...this.#queue.splice(0)];
    for (const { reject } of jobs) reject(this.#failure);
  }
}

/** A program given as text says what kind of text it is, which no file allows; all other flags a worker has from its parent. */
function flags(): { execArgv?: string[] } {
  const given = process.execArgv;
  if (!given.some((word) => word.startsWith("--input-type"))) return {};
  return { execArgv: given.filter((word) => word.startsWith("--conditions")) };
}
