/**
 * What the engine asks of the place it runs in. `#platform` (package.json, "imports") leads to
 * platform-node.ts in Node and to platform-browser.ts elsewhere, so that nothing else knows which it is.
 */

/** A thread that runs the crew's script. */
export interface CrewWorker {
  postMessage(message: unknown): void;
  /** A held worker keeps the process alive; a released one does not. */
  hold(): void;
  release(): void;
  terminate(): Promise<void>;
}

export interface WorkerEvents {
  onMessage(message: unknown): void;
  /** It ended, whoever ended it; `reason` reads "…: it exited with code 1". */
  onEnd(reason: string): void;
}

export interface MemoryFacts {
  /** Of the machine, as far as it tells. */
  readonly totalBytes?: number;
  readonly freeBytes?: number;
  /** The most that this process has held so far. */
  readonly peakResidentBytes?: number;
}

/** Whether something can be had, and if not why, and what a person can do about it. */
export interface Ability {
  readonly on: boolean;
  readonly reason?: string;
  readonly cure?: string;
}

export interface Platform {
  readonly engine: { readonly name: string; readonly version: string };
  /** Threads that run at the same time. */
  cores(): number;
  memory(): MemoryFacts;
  /** Undefined where the notion does not exist. */
  readonly crossOriginIsolated: boolean | undefined;
  /** Why workers on one shared memory cannot be had; `on` where they can. */
  threads(): Ability;
  /** Runs a classic script in which `port` and `listen` are given: see threads-worker.ts. */
  spawn(script: string, name: string, events: WorkerEvents): CrewWorker;
  /** Whether this engine has V8's revectorizer at all. */
  revectorizer(): Ability;
  /** Switches it for code compiled from now on; true when the engine took it. Never throws. */
  switchRevectorizer(on: boolean): boolean;
  /** Gives WebAssembly functions optimised code now, where the engine can be told to. */
  optimise(functions: readonly (() => void)[]): void;
}
