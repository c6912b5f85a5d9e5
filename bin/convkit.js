#!/usr/bin/env node
/**
 * Starts the command line. In the published package that is `dist/cli/main.js`, on the Node at hand.
 * In a clone it is the TypeScript source itself, on the Node that the project brings along, since speed
 * depends on it; a Node that is not that one starts it as a child and stands in for it.
 * Plain JavaScript, good on Node 20.
 */
import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const source = at("../src/cli/main.ts");
const built = at("../dist/cli/main.js");
const windows = process.platform === "win32";
const ownNode = at(`../node_modules/node/bin/node${windows ? ".exe" : ""}`);

if (!existsSync(source)) await import(pathToFileURL(built).href);
else if (isOwnNode() || isStoodInFor()) await runSource();
else if (existsSync(ownNode)) standInFor(ownNode);
else if (runsTypeScript()) await runSource();
else {
  console.error(
    `[convkit] Node ${process.version} cannot run this clone's TypeScript, and its own Node is not in ` +
      "node_modules/node — run `npm ci` with install scripts allowed, or use Node 24 or newer",
  );
  process.exitCode = 1;
}

/** `node_modules/.bin/node` is a link to it, so that `npm start` and `npx convkit` need no second process. */
function isOwnNode() {
  return existsSync(ownNode) && realpathSync(process.execPath) === realpathSync(ownNode);
}

/** A launcher's child never starts another one, whatever file its Node goes by. */
function isStoodInFor() {
  return Boolean(process.connected) && runsTypeScript();
}

/** Node runs erasable TypeScript without a flag from 22.18 on. */
function runsTypeScript() {
  return Boolean(process.features.typescript);
}

async function runSource() {
  // A launcher that was killed outright must not leave a run behind that goes on writing.
  if (process.connected) {
    process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
    process.channel?.unref();
  }
  await import(pathToFileURL(source).href);
}

/**
 * Runs this file again on the project's Node. The child has a process group of its own, so that Ctrl-C
 * in a terminal reaches the launcher alone and is passed on exactly once, like `kill -INT` of the launcher;
 * repeats within 200 ms (npm passes Ctrl-C on as well) count as one.
 */
function standInFor(node) {
  const args = [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(node, args, {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    detached: !windows,
  });

  const passed = windows ? ["SIGTERM"] : ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGWINCH"];
  const last = {};
  for (const signal of passed) {
    process.on(signal, () => {
      const now = performance.now();
      if (now - (last[signal] ?? -Infinity) >= 200) child.kill(signal);
      last[signal] = now;
    });
  }
  if (windows)
    process.on("SIGINT", () => {}); // the console has told the child already
  else {
    process.on("SIGTSTP", () => {
      child.kill("SIGSTOP");
      process.kill(process.pid, "SIGSTOP");
    });
    process.on("SIGCONT", () => child.kill("SIGCONT"));
  }

  child.on("error", (error) => {
    console.error(`[convkit] cannot start ${node}: ${error.message} — run \`npm ci\``);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    if (code !== null) process.exit(code);
    for (const name of passed) process.removeAllListeners(name);
    process.kill(process.pid, signal);
    setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 1000);
  });
}
