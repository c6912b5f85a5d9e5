/** A crew of one, on the caller's own thread: where there are no workers, or none are wanted. */
import { ConvkitError } from "../../core/error.ts";
import type { Crew } from "./threads.ts";

type Run = (thread: number, threads: number, ...args: number[]) => void;

export class InlineCrew implements Crew {
  readonly size = 1;
  readonly #memory: WebAssembly.Memory;
  readonly #runs = new Map<number, Run>();
  #nextHandle = 0;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  async ready(): Promise<void> {}

  async load(module: WebAssembly.Module): Promise<number> {
    const { exports } = await WebAssembly.instantiate(module, { env: { memory: this.#memory } });
    this.#runs.set(this.#nextHandle, exports.run as Run);
    return this.#nextHandle++;
  }

  async unload(handle: number): Promise<void> {
    this.#runs.delete(handle);
  }

  async run(handle: number, args: readonly number[]): Promise<void> {
    const run = this.#runs.get(handle);
    if (run === undefined) throw new ConvkitError("threads", `no module ${handle} is loaded`);
    try {
      run(0, 1, ...args);
    } catch (cause) {
      throw new ConvkitError("threads", `the run stopped: ${cause}`, { cause });
    }
  }

  async dispose(): Promise<void> {
    this.#runs.clear();
  }
}
