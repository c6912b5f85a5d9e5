import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { makeFolder, removeLeftovers, writeFileAtomic } from "./atomic-write-node.ts";
import { readError, writeError } from "./file-error-node.ts";
import { readBytes } from "./read-file-node.ts";

const folder = mkdtempSync(join(tmpdir(), "convkit-write-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const module = pathToFileURL(join(import.meta.dirname, "atomic-write-node.ts")).href;
/** A process of its own that may use writeFileAtomic; its path is argument 1. */
const script = (body: string): string[] => [
  "--no-warnings",
  "--input-type=module",
  "-e",
  `const { writeFileAtomic } = await import(${JSON.stringify(module)}); ${body}`,
];

test("writes, overwrites and leaves nothing else behind", async () => {
  const path = join(folder, "plain.txt");
  await writeFileAtomic(path, "one");
  await writeFileAtomic(path, Uint8Array.of(116, 119, 111));
  expect(readFileSync(path, "utf8")).toBe("two");
  expect(readdirSync(folder).filter((name) => name.includes("plain"))).toEqual(["plain.txt"]);
});

test("many writers at once: each target is one of the texts", async () => {
  const path = join(folder, "busy.txt");
  const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000));
  await Promise.all(texts.map((text) => writeFileAtomic(path, text)));
  expect(texts).toContain(readFileSync(path, "utf8"));
});

test("kill -9 in mid-write leaves the old file or the new one, never a torn one", async () => {
  const path = join(folder, "model.bin");
  const size = 8 << 20;
  const body = `for (let k = 1; ; k++) {
    await writeFileAtomic(process.argv[1], new Uint8Array(${size}).fill(k));
    if (k === 1) process.stdout.write("started");
  }`;
  let cutShort = 0;
  for (let round = 0; round < 6; round++) {
    const child: ChildProcess = spawn(process.execPath, [...script(body), path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout as NodeJS.ReadableStream, "data");
    await wait(15 + 7 * round);
    child.kill("SIGKILL");
    await once(child, "exit");
    const bytes = readFileSync(path);
    expect(bytes.length).toBe(size);
    expect(bytes.equals(Buffer.alloc(size, bytes[0]))).toBe(true);
    cutShort += readdirSync(folder).filter((name) => name.endsWith(".tmp")).length;
  }
  // The kills did strike in mid-write: the rounds left temporary files, and the next write clears them.
  expect(cutShort).toBeGreaterThan(0);
  await writeFileAtomic(path, "whole");
  expect(readdirSync(folder).filter((name) => name.includes("model"))).toEqual(["model.bin"]);
});

test("temporary files of writers at work stay, old ones go", async () => {
  const path = join(folder, "shared.bin");
  const working = join(folder, `.shared.bin.convkit-${process.pid}-a.tmp`);
  const stale = join(folder, `.shared.bin.convkit-${process.pid}-b.tmp`);
  for (const file of [working, stale]) writeFileSync(file, "");
  utimesSync(stale, 0, 0);
  await removeLeftovers(path);
  expect(readdirSync(folder).filter((name) => name.includes("shared"))).toEqual([
    `.shared.bin.convkit-${process.pid}-a.tmp`,
  ]);
});

test("a path through a file, a missing folder, a folder as target: one line each", async () => {
  const file = join(folder, "a-file");
  writeFileSync(file, "kept");
  await expect(writeFileAtomic(join(file, "x"), "")).rejects.toThrow(
    /^\[write\] .*a-file\/x: a part of the path is a file, not a folder — choose another path \(ENOTDIR\)$/,
  );
  await expect(writeFileAtomic(join(folder, "no", "x"), "")).rejects.toThrow(
    /does not exist — create/,
  );
  await makeFolder(join(folder, "deep/er"));
  await expect(writeFileAtomic(join(folder, "deep"), "")).rejects.toThrow(
    /is a folder, a file was/,
  );
  await expect(makeFolder(join(file, "run"))).rejects.toThrow(
    /a-file\/run: a part of the path is a/,
  );
  await expect(makeFolder(file)).rejects.toThrow(/a file of that name is in the way/);
  expect(readFileSync(file, "utf8")).toBe("kept");
});

test("a file beyond the allowed size keeps the old one", async () => {
  const path = join(folder, "limited.bin");
  await writeFileAtomic(path, "old");
  const body = `await writeFileAtomic(process.argv[1], new Uint8Array(1 << 20)).catch((e) => console.log(e.message))`;
  const quoted = [process.execPath, ...script(body), path].map((word) => `'${word}'`).join(" ");
  const { stdout } = spawnSync("bash", ["-c", `ulimit -f 64; ${quoted}`], { encoding: "utf8" });
  expect(stdout).toMatch(/limited\.bin: the file is larger than the system allows .*\(EFBIG\)/);
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(folder).filter((name) => name.includes("limited"))).toEqual(["limited.bin"]);
});

/** Mounting a small disk needs root; where that is not to be had, the next test says so and is skipped. */
const disk = mkdtempSync(join(tmpdir(), "convkit-disk-"));
const mounted =
  spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], { stdio: "ignore" })
    .status === 0;
afterAll(() => {
  if (mounted) execFileSync("umount", [disk]);
  rmSync(disk, { recursive: true, force: true });
});

test.skipIf(!mounted)(
  "a full, then a read-only disk keeps what it has (skipped: cannot mount)",
  async () => {
    const path = join(disk, "model.bin");
    await writeFileAtomic(path, "old");
    await expect(writeFileAtomic(path, new Uint8Array(1 << 20))).rejects.toThrow(
      /^\[write\] .*model\.bin: no space left on the disk — free some, or choose another folder \(ENOSPC\)$/,
    );
    expect(readdirSync(disk)).toEqual(["model.bin"]);
    execFileSync("mount", ["-o", "remount,ro", disk]);
    await expect(writeFileAtomic(path, "new")).rejects.toThrow(
      /model\.bin: the file system is read-only/,
    );
    await expect(makeFolder(join(disk, "run"))).rejects.toThrow(
      /run: the file system is read-only/,
    );
    expect(readFileSync(path, "utf8")).toBe("old");
  },
);

test("the system's codes are put in words, also those that are hard to provoke", async () => {
  const failing = (code: string) => Object.assign(new Error(`${code}: raw`), { code });
  expect(writeError("p", failing("EACCES")).message).toMatch(
    /^\[write\] p: no permission to write there — /,
  );
  expect(writeError("p", failing("EDQUOT")).message).toContain("quota");
  expect(writeError("p", failing("EODD")).message).toBe("[write] p: EODD: raw");
  expect(readError("p", failing("EACCES")).message).toMatch(/p: may not be read — .*\(EACCES\)$/);
  await expect(readBytes(join(folder, "none"))).rejects.toThrow(/none: no such file or folder/);
  await expect(readBytes(folder)).rejects.toThrow(/is a folder, a file was expected/);
});
