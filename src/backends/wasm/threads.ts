/**
 * A crew of threads over one shared memory. Every thread holds an instance of every loaded module and calls
 * its export `run(thread, threads, ...args)`; how they share the work is the module's affair. Posting a job
 * is a few stores and one wake-up, and the caller's thread never blocks.
 *
 * A thread that ends, or whose code traps, may leave the others at a barrier for ever. So the whole crew is
 * ended then, the run rejects, and the next call starts a new crew with the same modules.
 */
import { platform } from "#platform";
import { ConvkitError } from "../../core/error.ts";
import type { Heap } from "./memory.ts";
import type { CrewWorker } from "./platform.ts";
import { BARRIER_ARRIVED, BARRIER_SLEEPERS, BARRIER_SPINS } from "./reserved.ts";
import { InlineCrew } from "./threads-inline.ts";
import {
  ARGS,
  CONTROL_WORDS,
  COUNT,
  DONE,
  type FromWorker,
  HANDLE,
  JOB,
  LEFT,
  LISTEN,
  MOST_ARGS,
  type ToWorker,
  workerScript,
} from "./threads-worker.ts";

export interface Crew {
  readonly size: number;
  /** Resolves when the threads run; rejects when they cannot be had. `load` and `run` wait for it anyway. */
  ready(): Promise<void>;
  load(module: WebAssembly.Module): Promise<number>;
  unload(handle: number): Promise<void>;
  /** Arguments are i32. Runs that overlap are done one after the other. */
  run(handle: number, args: readonly number[]): Promise<void>;
  dispose(): Promise<void>;
}

export interface CrewOptions {
  readonly heap: Heap;
  readonly threads: number;
  /** One thread, the caller's own: the mode for engines without shared memory or workers. */
  readonly inline?: boolean;
}

/**
 * How often a thread looks before it sleeps. Waking a sleeper on an idle core took 45 µs where this was measured
 * (2 cores, Linux), so looking for about as long costs at most twice the better choice; a run of 20 phases on
 * 2 threads went from 1.1 ms with short looks to 0.02 ms. With more threads than cores nobody looks, since
 * that only keeps the others from running.
 */
const BARRIER_LOOKS = 40_000;
const JOB_LOOKS = 20_000; // JavaScript's take longer

export function createCrew(options: CrewOptions): Crew {
  const { heap, threads, inline = false } = options;
  if (inline) return new InlineCrew(heap.memory);
  if (!Number.isInteger(threads) || threads < 1) {
    throw new ConvkitError("threads", `${threads} threads were asked for — give 1 or more`);
  }
  if (!heap.memoryImport.shared) {
    throw new ConvkitError(
      "threads",
      "threads need shared memory — make the heap shared, or run inline",
    );
  }
  return new WorkerCrew(heap, threads);
}

/** One generation of workers. */
interface Team {
  readonly workers: CrewWorker[];
  readonly control: Int32Array<SharedArrayBuffer>;
  job: number;
}

/** What the crew waits for at the moment. */
interface Pending {
  readonly doing: "start" | "load" | "run";
  answers: number;
  resolve(): void;
  reject(error: ConvkitError): void;
}

class WorkerCrew implements Crew {
  readonly size: number;
  readonly #heap: Heap;
  readonly #modules = new Map<number, WebAssembly.Module>();
  #nextHandle = 0;
  #team: Team | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #pending: Pending | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #disposed = false;

  constructor(heap: Heap, threads: number) {
    this.#heap = heap;
    this.size = threads;
  }

  ready(): Promise<void> {
    return this.#inTurn(async () => {});
  }

  load(module: WebAssembly.Module): Promise<number> {
    return this.#inTurn(async (team) => {
      const handle = this.#nextHandle++;
      await this.#tellAll(team, { kind: "load", handle, module });
      this.#modules.set(handle, module);
      return handle;
    });
  }

  unload(handle: number): Promise<void> {
    return this.#inTurn(async (team) => {
      if (this.#modules.delete(handle)) await this.#tellAll(team, { kind: "unload", handle });
    });
  }

  run(handle: number, args: readonly number[]): Promise<void> {
    return this.#inTurn((team) => {
      if (!this.#modules.has(handle))
        throw new ConvkitError("threads", `no module ${handle} is loaded`);
      if (args.length > MOST_ARGS) {
        throw new ConvkitError(
          "threads",
          `${args.length} arguments, at most ${MOST_ARGS} can be given`,
        );
      }
      const { control } = team;
      control[COUNT] = args.length;
      control.set(args, ARGS);
      Atomics.store(control, LEFT, this.size);
      return this.#expect("run", 1, (pending) => {
        const before = Atomics.load(control, DONE);
        this.#post(team, handle);
        const told = Atomics.waitAsync?.(control, DONE, before);
        if (told?.async) void told.value.then(() => pending.resolve());
        else if (told) pending.resolve(); // already done
      });
    });
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#end("the device was disposed");
    await this.#ended;
    this.#modules.clear();
  }

  /** One thing at a time, with a living team, and with the process held alive meanwhile. */
  #inTurn<T>(task: (team: Team) => Promise<T>): Promise<T> {
    const turn = this.#queue.then(async () => {
      if (this.#disposed)
        throw new ConvkitError("threads", "the device was disposed — make a new one");
      const team = this.#team ?? (await this.#start());
      for (const worker of team.workers) worker.hold();
      try {
        return await task(team);
      } finally {
        // Ended workers hold the process until they are gone: the next team waits for that.
        if (team === this.#team) for (const worker of team.workers) worker.release();
      }
    });
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async #start(): Promise<Team> {
    await this.#ended;
    const words = this.#heap.i32(0, (BARRIER_SPINS >> 2) + 1);
    words[BARRIER_ARRIVED >> 2] = 0;
    words[BARRIER_SLEEPERS >> 2] = 0;
    words[BARRIER_SPINS >> 2] = this.#looks(BARRIER_LOOKS);
    const control = new Int32Array(new SharedArrayBuffer(4 * CONTROL_WORDS));
    const team: Team = { workers: [], control, job: 0 };
    this.#team = team;
    // A wake-up that the engine has lost costs a second, and not the run.
    const watch = setInterval(() => {
      if (team !== this.#team) clearInterval(watch);
      else if (team.job > 0 && Atomics.load(control, DONE) === team.job) this.#pending?.resolve();
    }, 1000);
    watch.unref?.(); // in Node a timer would hold the process
    await this.#expect("start", this.size, () => {
      for (let thread = 0; thread < this.size; thread++) {
        const worker = platform.spawn(workerScript, `convkit ${thread}`, {
          onMessage: (message) => this.#hear(team, thread, message as FromWorker),
          onEnd: (reason) => this.#end(reason, team, thread),
        });
        team.workers.push(worker);
        worker.hold();
        worker.postMessage({
          kind: "start",
          control: control.buffer,
          memory: this.#heap.memory,
          thread,
          threads: this.size,
          looks: this.#looks(JOB_LOOKS),
          tell: Atomics.waitAsync === undefined,
          modules: this.#modules,
        } satisfies ToWorker);
      }
    });
    return team;
  }

  #looks(count: number): number {
    return this.size > platform.cores() ? 0 : count;
  }

  /** Calls the workers back to their event loops to hear a message, and awaits their answers. */
  #tellAll(team: Team, message: ToWorker): Promise<void> {
    return this.#expect("load", this.size, () => {
      for (const worker of team.workers) worker.postMessage(message);
      this.#post(team, LISTEN);
    });
  }

  #post(team: Team, handle: number): void {
    team.control[HANDLE] = handle;
    team.job = (team.job + 1) | 0;
    Atomics.store(team.control, JOB, team.job);
    Atomics.notify(team.control, JOB);
  }

  #expect(
    doing: Pending["doing"],
    answers: number,
    begin: (pending: Pending) => void,
  ): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.#pending = { doing, answers, resolve, reject };
      try {
        begin(this.#pending);
      } catch (error) {
        this.#end(String(error)); // a worker could not be made, a module not be copied
      }
    });
  }

  #hear(team: Team, thread: number, message: FromWorker): void {
    if (team !== this.#team) return;
    if (message.kind === "error") this.#end(message.message, team, thread);
    else if (this.#pending && --this.#pending.answers === 0) this.#pending.resolve();
  }

  /** Ends the team; whoever waits for it hears why. */
  #end(reason: string, team = this.#team, thread?: number): void {
    if (team === undefined || team !== this.#team) return;
    this.#team = undefined;
    this.#ended = Promise.all(team.workers.map((worker) => worker.terminate()));
    const who = thread === undefined ? "" : `thread ${thread + 1} of ${this.size} ended: `;
    const harm =
      " — the run was not finished, and what it was writing is not to be trusted; " +
      "go on from the last checkpoint";
    const advice = this.#pending?.doing === "run" ? harm : "";
    this.#pending?.reject(new ConvkitError("threads", `${who}${reason}${advice}`));
    this.#pending = undefined;
  }
}
