/** Starts the worker and shows what it tells. */
import type { Report } from "./worker.ts";

const [line] = document.querySelectorAll("p");
const steps = Number(new URLSearchParams(location.search).get("steps"));
const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });

const report = new Promise<Report>((resolve, reject) => {
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message));
});
worker.postMessage(steps);

Object.assign(globalThis, { report });
report.then(
  ({ threads, whyNotMore, losses, error }) => {
    const on = `${threads} ${threads === 1 ? "thread" : "threads"}`;
    const told = whyNotMore ? `${on}: ${whyNotMore}` : on;
    line.textContent = error ?? `${told} — loss ${losses.at(-1)?.toFixed(4)}`;
  },
  (error: unknown) => {
    line.textContent = String(error);
  },
);
