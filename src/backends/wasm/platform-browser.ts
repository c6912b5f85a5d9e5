/** Pages and workers in browsers. A worker's script comes from a Blob URL, so that bundlers need no help. */
import type { Ability, CrewWorker, Platform, WorkerEvents } from "./platform.ts";

/**
 * The browser does not say when a terminated worker is gone, and until then it may go on writing into the shared
 * memory. So each worker holds a Web Lock of its own before it does anything, and who gets the lock after it
 * knows that it is gone.
 */
const prologue = (lock: string) => `
const port = self;
const held = new Promise((resolve) => {
  if (!navigator.locks) resolve();
  else navigator.locks.request(${JSON.stringify(lock)}, () => (resolve(), new Promise(() => {})));
});
const listen = (handler) => {
  self.onmessage = (event) => held.then(() => handler(event.data));
};
`;

function spawn(script: string, name: string, events: WorkerEvents): CrewWorker {
  const lock = `convkit ${crypto.randomUUID()}`;
  const url = URL.createObjectURL(new Blob([prologue(lock), script], { type: "text/javascript" }));
  const worker = new Worker(url, { name });
  worker.onmessage = (event) => {
    URL.revokeObjectURL(url); // it has started, so it was read
    events.onMessage(event.data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    URL.revokeObjectURL(url);
    events.onEnd(
      event.message ||
        "the browser did not start it; a Content-Security-Policy must allow `worker-src blob:`",
    );
  };
  return {
    postMessage: (message) => worker.postMessage(message),
    hold: () => {},
    release: () => {},
    terminate: async () => {
      worker.terminate();
      await globalThis.navigator?.locks?.request(lock, () => {});
    },
  };
}

function threads(): Ability {
  if (globalThis.crossOriginIsolated === false) {
    return {
      on: false,
      reason: "the page is not cross-origin isolated",
      cure:
        "serve it with the headers `Cross-Origin-Opener-Policy: same-origin` and " +
        "`Cross-Origin-Embedder-Policy: require-corp`",
    };
  }
  if (typeof Worker === "undefined") return { on: false, reason: "there are no workers here" };
  return { on: true };
}

/** "Chrome 149" out of the user agent's list of everything that ever was. */
function engine(): { name: string; version: string } {
  const agent = globalThis.navigator?.userAgent ?? "";
  const found =
    /(Firefox|Edg|OPR|HeadlessChrome|Chrome)\/([\d.]+)/.exec(agent) ??
    /(Safari)\/([\d.]+)/.exec(agent.replace(/Version\/([\d.]+).*(Safari)\/[\d.]+/, "$2/$1"));
  return { name: found?.[1] ?? "browser", version: found?.[2] ?? "" };
}

const noRevectorizer: Ability = {
  on: false,
  reason: "a page cannot switch on V8's experimental features",
  cure: "train in Node 24 or newer, for up to twice the speed",
};

export const platform: Platform = {
  engine: engine(),
  cores: () => globalThis.navigator?.hardwareConcurrency ?? 1,
  memory: () => {
    // In GiB, rounded and capped by browsers that tell at all.
    const { deviceMemory } = (globalThis.navigator ?? {}) as { deviceMemory?: number };
    return deviceMemory === undefined ? {} : { totalBytes: deviceMemory * 2 ** 30 };
  },
  crossOriginIsolated: globalThis.crossOriginIsolated,
  threads,
  spawn,
  revectorizer: () => noRevectorizer,
  switchRevectorizer: () => false,
  optimise: () => {},
};
