/**
 * bin/convkit.js as a person meets it in a clone: a Node that is not the project's own starts that one on the
 * source, hands on arguments, exit code and signals, and never leaves a run behind.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const clone = mkdtempSync(join(tmpdir(), "convkit-launcher-"));
const launcher = join(clone, "bin/convkit.js");

const main = `const mode: string = process.argv[2];
console.log("pid " + process.pid);
if (mode === "code") process.exitCode = 7;
if (mode === "die") process.kill(process.pid, "SIGTERM");
if (mode === "arguments") console.log(JSON.stringify(process.argv.slice(3)));
if (mode === "wait") {
  let interrupts = 0;
  const running = setInterval(() => {}, 1000);
  process.on("SIGINT", () => {
    interrupts++;
    setTimeout(() => { console.log("saved after " + interrupts); clearInterval(running); }, 400);
  });
}
`;

beforeAll(() => {
  mkdirSync(join(clone, "src/cli"), { recursive: true });
  mkdirSync(join(clone, "node_modules/node/bin"), { recursive: true });
  cpSync(join(root, "bin"), join(clone, "bin"), { recursive: true });
  writeFileSync(join(clone, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(clone, "src/cli/main.ts"), main);
  // A script in place of the binary is not the running Node, so the launcher has to start a child.
  const own = join(clone, "node_modules/node/bin/node");
  writeFileSync(own, `#!/bin/sh\nexec "${process.execPath}" "$@"\n`, { mode: 0o755 });
});
afterAll(() => rmSync(clone, { recursive: true, force: true }));

/** Starts the launcher and waits for the first line of the command behind it: its process id. */
async function start(
  mode: string,
): Promise<{ launched: ChildProcess; pid: number; output: string[] }> {
  const launched = spawn(process.execPath, [launcher, mode], { stdio: ["ignore", "pipe", "pipe"] });
  const output: string[] = [];
  const pid = await new Promise<number>((resolve, reject) => {
    launched.on("exit", () => reject(new Error(`ended early: ${output.join("")}`)));
    launched.stderr?.on("data", (data) => output.push(String(data)));
    launched.stdout?.on("data", (data) => {
      output.push(String(data));
      const found = /pid (\d+)/.exec(output.join(""));
      if (found) resolve(Number(found[1]));
    });
  });
  return { launched, pid, output };
}

const ended = (launched: ChildProcess) =>
  new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    launched.on("close", (code, signal) => resolve({ code, signal })),
  );

const state = (pid: number) => {
  try {
    return execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return "gone";
  }
};

const onUnix = test.skipIf(process.platform === "win32");

onUnix("arguments arrive as they were", () => {
  const args = ["a b", "--x=1", "", "*"];
  const text = execFileSync(process.execPath, [launcher, "arguments", ...args], {
    encoding: "utf8",
  });
  expect(JSON.parse(text.split("\n")[1])).toEqual(args);
});

onUnix("exit codes and deaths by signal pass through", async () => {
  const run = (mode: string) =>
    ended(spawn(process.execPath, [launcher, mode], { stdio: "ignore" }));
  expect(await run("none")).toEqual({ code: 0, signal: null });
  expect(await run("code")).toEqual({ code: 7, signal: null });
  expect(await run("die")).toEqual({ code: null, signal: "SIGTERM" });
});

onUnix("an interrupt reaches the command exactly once and lets it save", async () => {
  const { launched, output } = await start("wait");
  launched.removeAllListeners("exit");
  const end = ended(launched);
  launched.kill("SIGINT");
  launched.kill("SIGINT"); // npm repeats what the terminal said
  expect(await end).toEqual({ code: 0, signal: null });
  expect(output.join("")).toMatch(/saved after 1\n/);
});

onUnix("a launcher that is killed outright takes the command with it", async () => {
  const { launched, pid } = await start("wait");
  launched.removeAllListeners("exit");
  launched.kill("SIGKILL");
  await expect.poll(() => state(pid), { timeout: 5000 }).toMatch(/^(gone|Z.*)$/);
});
