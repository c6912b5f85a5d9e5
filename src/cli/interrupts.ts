/**
 * Ctrl-C and its kin. While a training runs the first one asks it to stop after its step and to save; a second
 * one, a second or more later, ends the process at once. Before and after, they end it as ever.
 */
import { constants } from "node:os";
import type { Output } from "./output.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** A terminal, npm and a launcher may each pass on the same Ctrl-C. */
const ECHO_MS = 1000;

export class Interrupts {
  exitCode = 130;
  readonly #controller = new AbortController();
  readonly #output: Output;
  readonly #words: string;
  #first = 0;

  /** `words` say what happens now. */
  constructor(output: Output, words = "stopping after this step and saving") {
    this.#output = output;
    this.#words = words;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  watch(): void {
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
  }

  release(): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }

  readonly #onSignal = (signal: (typeof SIGNALS)[number]): void => {
    this.exitCode = 128 + constants.signals[signal];
    const now = performance.now();
    if (!this.signal.aborted) {
      this.#first = now;
      this.#output.remark(`\n${this.#words}; once more to stop at once`);
      this.#controller.abort();
    } else if (now - this.#first >= ECHO_MS) process.exit(this.exitCode);
  };
}
