/** `convkit train` as a process: what it leaves on disk, when it is killed, interrupted, or told to do nonsense. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  convkit,
  expectEqualRuns,
  inProcess,
  RUN_FILES,
  start,
  temporaryFolder,
} from "./command-line.ts";

const folder = temporaryFolder();
const data = "glyphs:train=256,test=64";
const whole = join(folder, "whole");
/** 8 steps to an epoch, the last of them partial. */
const flags = ["--model", "lenet5", "--epochs", "3", "--batch", "32"];

beforeAll(async () => {
  expect((await convkit("train", data, ...flags, "--out", whole)).code).toBe(0);
});

test("tells people what it does, and ends with accuracy, confusion, the model's place and a sample", async () => {
  const out = join(folder, "talk");
  const { code, stdout } = await convkit("train", data, ...flags, "--out", out);
  expect(code).toBe(0);
  for (const part of [
    /^data +glyphs: 230 pictures to train on, 26 to validate, 64 to test; 10 classes, 1×28×28$/m,
    /^model +lenet5: 61,706 parameters/m,
    /28×28 input instead of 32×32/,
    /^backend +wasm, \d+ threads?/m,
    /^epoch 3 {2}loss \d\.\d{4} {2}accuracy [\d.]+ %/m,
    /^test accuracy [\d.]+ % of 64 pictures/m,
    /^true \\ told/m,
    /model\.safetensors/,
    /[▀▄█]/,
    /^predicted \d \([\d.]+ %\), it is \d$/m,
  ]) {
    expect(stdout).toMatch(part);
  }
  expect(readdirSync(out).sort()).toEqual([...RUN_FILES, "log.jsonl", "report.html"].sort());
});

test("says the same to programs, one object a line, in the other dialect, too", async () => {
  const out = join(folder, "json");
  const words = ["model=lenet5", "epochs=3", "batch=32", `out=${out}`, "threads=1", "json=true"];
  const { code, stdout, events } = await convkit("train", `data=${data}`, ...words);
  expect(code).toBe(0);
  expect(stdout.trim().split("\n")).toHaveLength(events.length);
  expect(events.map(({ event }) => event)).toEqual(["start", "epoch", "epoch", "epoch", "done"]);
  expect(events[0]).toMatchObject({ run: out, model: "lenet5", threads: 1, backend: "wasm" });
  expect(events[1]).toMatchObject({ epoch: 1, step: 8 });
  expect(events[4]).toMatchObject({ run: out, epochs: 3 });
  for (const key of ["accuracy", "loss", "imagesPerSecond", "seconds"]) {
    expect(events[4][key], key).toEqual(expect.any(Number));
  }
  // One thread instead of all, another name: the same files.
  expectEqualRuns(whole, out);
  const found = await convkit("evaluate", out, "--json");
  expect(found.events[0]).toMatchObject({
    accuracy: events[4].accuracy,
    loss: events[4].loss,
    confusion: events[4].confusion,
  });
});

test("no date, path, thread count or time is in what equal runs share", () => {
  for (const file of ["config.json", "metrics.jsonl", "model.safetensors"]) {
    const text = readFileSync(join(whole, file), "latin1");
    expect(text).not.toContain(folder);
    expect(text.slice(0, 4000)).not.toMatch(/thread|second|20\d\d-\d\d/i);
  }
});

test("an output that is there is refused, replaced only when asked, and never when it is no run", async () => {
  const before = readFileSync(join(whole, "model.safetensors"));
  const refused = await convkit("train", data, ...flags, "--seed", "1", "--out", whole);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/is there already — go on with it \(--resume\)/);
  expect(readFileSync(join(whole, "model.safetensors")).equals(before)).toBe(true);

  const out = join(folder, "replaced");
  expect((await convkit("train", data, ...flags, "--seed", "1", "--out", out)).code).toBe(0);
  expect((await convkit("train", data, ...flags, "--out", out, "--overwrite")).code).toBe(0);
  expectEqualRuns(whole, out);

  const photos = join(folder, "photos");
  mkdirSync(photos);
  writeFileSync(join(photos, "dear.jpg"), "memories");
  const kept = await convkit("train", data, ...flags, "--out", photos, "--overwrite");
  expect(kept.code).toBe(1);
  expect(kept.stderr).toMatch(/holds files but no run .*nothing was removed/);
  expect(readdirSync(photos)).toEqual(["dear.jpg"]);
});

test("a finished run says so and exits 0; without a checkpoint it starts over", async () => {
  const { code, stdout, events } = await convkit(
    "train",
    data,
    ...flags,
    "--out",
    whole,
    "--resume",
    "--json",
  );
  expect(code).toBe(0);
  expect(events.at(-1)).toMatchObject({ event: "done", alreadyFinished: true, epochs: 3 });
  expect(stdout).not.toContain('"event":"epoch"');
  const fresh = join(folder, "fresh");
  expect((await convkit("train", data, ...flags, "--out", fresh, "--resume")).code).toBe(0);
  expectEqualRuns(whole, fresh);
  const changed = await convkit("train", data, ...flags, "--lr", "1", "--out", whole, "--resume");
  expect(changed.code).toBe(1);
  expect(changed.stderr).toMatch(/begun with optimizer .*now it is/);
});

test.each([
  ["at the start, before the first checkpoint", '"event":"start"', "60"],
  ["in the first epoch", '"event":"start"', "0"],
  ["in the third epoch, with checkpoints of epochs only", '"epoch":2', "60"],
])(
  "kill -9 %s loses nothing that was saved, and resuming ends in the same bytes",
  async (name, text, seconds) => {
    const out = join(folder, `kill ${name}`);
    const words = [
      "train",
      data,
      ...flags,
      "--out",
      out,
      "--checkpoint-seconds",
      seconds,
      "--json",
    ];
    const run = start(words);
    await run.until(text);
    await new Promise((resolve) => setTimeout(resolve, 15));
    run.process.kill("SIGKILL");
    expect((await run.done).code).toBeNull();
    const { code, stderr } = await convkit(...words, "--resume");
    expect(code, stderr).toBe(0);
    expectEqualRuns(whole, out);
    expect(readdirSync(out).sort()).toEqual([...RUN_FILES, "log.jsonl", "report.html"].sort());
  },
);

test("Ctrl-C saves, says how to go on, exits 130, and going on ends in the same bytes", async () => {
  const out = join(folder, "interrupted");
  const words = ["train", data, ...flags, "--out", out, "--json"];
  const run = start(words);
  await run.until('"epoch":1');
  run.process.kill("SIGINT");
  const { code, events, stderr } = await run.done;
  expect(code).toBe(130);
  expect(events.at(-1)).toMatchObject({ event: "interrupted", run: out });
  expect(stderr).toContain(`go on with: ${events.at(-1)?.resume}`);
  const [, ...again] = String(events.at(-1)?.resume).split(" ");
  const resumed = await convkit(...again);
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(resumed.stdout).toMatch(/resumed after step \d+/);
  expectEqualRuns(whole, out);
});

test("a loss that runs away: no update, the step and the op, exit 1, the last checkpoint", async () => {
  const out = join(folder, "runaway");
  const words = ["--optimizer", "sgd", "--lr", "1e25", "--out", out, "--checkpoint-seconds", "0"];
  const { code, stderr, events } = await convkit("train", data, ...flags, ...words, "--json");
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /\[train\] (loss is (NaN|-?Infinity)|a gradient is not finite) at step 2 \(epoch 1, batch 2\); first, \w+ in \w+ gives .*update was not made.*the checkpoint after step 1 in .* is kept/,
  );
  expect(events.at(-1)).toMatchObject({ event: "error" });
  expect(readdirSync(out)).toContain("checkpoint.safetensors");
});

test.each([
  ["--epochs", "0"],
  ["--epochs", "many"],
  ["--batch", "-1"],
  ["--lr", "fast"],
  ["--lr", "-1"],
  ["--momentum", "1"],
  ["--val", "1"],
  ["--clip", "0"],
  ["--threads", "0"],
  ["--seed", "1.5"],
  ["--backend", "cuda"],
  ["--model", "lenet6"],
  ["--optimizer", "sdg"],
  ["--schedule", "sometimes"],
  ["--augment", "spin"],
  ["--class-weights", "1,x"],
  ["--size", "0x3"],
  ["--nonsense"],
  ["--resume", "--overwrite"],
  ["mnist:"],
])("wrong usage, %s %s, exits 2 with one line", async (...words) => {
  const positional = words[0].startsWith("--") ? [data] : [];
  const out = join(folder, "never");
  const { code, stdout, stderr } = await inProcess("train", ...positional, ...words, "--out", out);
  expect(code).toBe(2);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stdout).toBe("");
  expect(readdirSync(folder)).not.toContain("never");
});

test("no command, an unknown one: exit 2; help: exit 0", async () => {
  const wrong = await Promise.all([convkit(), convkit("tarin"), convkit("train")]);
  expect(wrong.map(({ code }) => code)).toEqual([2, 2, 2]);
  const help = await convkit("train", "--help");
  expect([help.code, help.stdout.includes("Examples:")]).toEqual([0, true]);
});

/** Mounting a small disk needs root; where that is not to be had, the next test says so and is skipped. */
const disk = mkdtempSync(join(tmpdir(), "convkit-disk-"));
const mount = (...options: string[]) =>
  spawnSync("mount", options, { stdio: "ignore" }).status === 0;
const mounted = mount("-t", "tmpfs", "-o", "size=900k", "tmpfs", disk);
afterAll(() => {
  if (mounted) execFileSync("umount", [disk]);
  rmSync(disk, { recursive: true, force: true });
});

test.skipIf(!mounted)(
  "a full, then a read-only disk: the path is named, nothing is lost (skipped: cannot mount)",
  async () => {
    const out = join(disk, "run");
    const words = ["train", data, ...flags, "--out", out];
    const full = await convkit(...words);
    expect(full.code).toBe(1);
    expect(full.stderr).toMatch(
      /^convkit train: \[write\] .*run\/checkpoint\.safetensors: no space left/,
    );
    expect((await convkit("predict", out, join(out, "none.png"))).stderr).toContain("no such file");
    // The last model that was written is whole.
    expect((await convkit("evaluate", join(out, "model.safetensors"), data)).code).toBe(0);
    mount("-o", "remount,size=4m", disk);
    expect((await convkit(...words, "--resume")).code).toBe(0);
    expectEqualRuns(whole, out);
    mount("-o", "remount,ro", disk);
    const readOnly = await convkit("train", data, ...flags, "--out", join(disk, "other"));
    expect(readOnly.code).toBe(1);
    expect(readOnly.stderr).toMatch(
      /^convkit train: \[write\] .*other: the file system is read-only/,
    );
    expect((await convkit("evaluate", out)).code).toBe(0);
  },
);
