/** The browser that is installed, and how it is started. */
import { existsSync } from "node:fs";

/** Undefined where there is none. */
export const executablePath = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => existsSync(path));

// Nothing but the page: no updates, no first-run pages, no traffic of the browser's own.
export const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
