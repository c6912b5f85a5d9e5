/** The page's own thread only shows what the worker says: training there never holds up the page. */
const log = document.querySelector("#log") as HTMLElement;
const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
worker.onmessage = ({ data }: MessageEvent<string>) => {
  log.textContent += `${data}\n`;
};
worker.onerror = ({ message }) => {
  log.textContent += `failed: ${message}\n`;
};
