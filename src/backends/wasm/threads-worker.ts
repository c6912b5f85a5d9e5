/**
 * The script of a crew's worker, and the words it shares with the crew. It is one string, so that it starts
 * alike in Node (as an eval worker) and in browsers (from a Blob URL), whatever a bundler did to the rest.
 *
 * A worker serves: it waits until the job word changes, does the job, counts itself off, and the last one
 * tells the crew. While it serves, no message can reach it; job −1 sends it back to its event loop, where one
 * message waits: the start, or a module to load or forget. It answers and serves again.
 */

/** Indices of words in the control buffer; writers and watchers are kept on cache lines of their own. */
export const JOB = 0;
export const LEFT = 16;
export const DONE = 32;
export const HANDLE = 48;
export const COUNT = 49;
export const ARGS = 50;
export const MOST_ARGS = 14;
export const CONTROL_WORDS = ARGS + MOST_ARGS;

/** Instead of a module's handle: back to the event loop, a message waits. */
export const LISTEN = -1;

export interface StartMessage {
  readonly kind: "start";
  readonly control: SharedArrayBuffer;
  readonly memory: WebAssembly.Memory;
  readonly thread: number;
  readonly threads: number;
  /** How often to look for the next job before sleeping. */
  readonly looks: number;
  /** The last to finish posts "done" besides. */
  readonly tell: boolean;
  readonly modules: ReadonlyMap<number, WebAssembly.Module>;
}

export type ToWorker =
  | StartMessage
  | { readonly kind: "load"; readonly handle: number; readonly module: WebAssembly.Module }
  | { readonly kind: "unload"; readonly handle: number };

export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "done" }
  | { readonly kind: "error"; readonly message: string };

export const workerScript = `
(() => {
  "use strict";
  let control, memory, thread, threads, looks, tell, seen;
  const runs = new Map();

  function load(handle, module) {
    runs.set(handle, new WebAssembly.Instance(module, { env: { memory } }).exports.run);
  }

  function serve() {
    for (;;) {
      for (let look = 0; Atomics.load(control, ${JOB}) === seen; look++) {
        if (look >= looks) Atomics.wait(control, ${JOB}, seen);
      }
      seen = Atomics.load(control, ${JOB});
      const handle = control[${HANDLE}];
      if (handle === ${LISTEN}) return;
      runs.get(handle)(thread, threads, ...control.subarray(${ARGS}, ${ARGS} + control[${COUNT}]));
      if (Atomics.sub(control, ${LEFT}, 1) === 1) {
        Atomics.store(control, ${DONE}, seen);
        Atomics.notify(control, ${DONE});
        if (tell) port.postMessage({ kind: "done" });
      }
    }
  }

  listen((message) => {
    try {
      if (message.kind === "start") {
        ({ memory, thread, threads, looks, tell } = message);
        control = new Int32Array(message.control);
        seen = Atomics.load(control, ${JOB});
        for (const [handle, module] of message.modules) load(handle, module);
      } else if (message.kind === "load") load(message.handle, message.module);
      else runs.delete(message.handle);
      port.postMessage({ kind: "ready" });
      serve();
    } catch (error) {
      port.postMessage({ kind: "error", message: String(error) });
    }
  });
})();
`;
