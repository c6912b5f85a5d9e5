import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { convkit, inProcess, temporaryFolder } from "../../../test/command-line.ts";

const folder = temporaryFolder();
const data = "glyphs:train=256,test=10";
const flags = ["--model", "lenet5", "--batch", "32", "--steps", "40"];

test("tells people and programs the same, and draws the curve", async () => {
  const svg = join(folder, "curve.svg");
  const people = await convkit("lr-find", data, ...flags, "--svg", svg);
  expect(people.code).toBe(0);
  const programs = await convkit("lr-find", data, ...flags, "--json");
  expect(programs.stdout.trim().split("\n")).toHaveLength(1);
  const [found] = programs.events as [Record<string, number[] & number>];
  expect(found).toMatchObject({
    ...{ event: "lr-find", model: "lenet5", data: "glyphs", optimizer: "adamW", svg: null },
    suggestion: found.valley,
  });
  for (const key of ["valley", "steepest", "minimum"]) {
    expect(found[key], key).toBeGreaterThan(1e-5);
    expect(found[key], key).toBeLessThan(1);
  }
  const { length } = found.rates;
  expect([found.losses.length, found.smoothed.length]).toEqual([length, length]);
  const rate = String(Number(found.suggestion.toPrecision(2)));
  expect(people.stdout).toContain(`suggestion ${rate}:`);
  expect(people.stdout).toContain(
    `\nconvkit train ${data} --model lenet5 --batch 32 --lr ${rate}\n`,
  );
  expect(people.stdout).toMatch(/^loss {2}[▁-█]+$/m);
  const picture = readFileSync(svg, "utf8");
  expect(picture).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  for (const label of ["learning rate", `valley ${rate}`, "steepest ", "minimum/10 "]) {
    expect(picture).toContain(label);
  }
});

test("wrong words are wrong usage", async () => {
  const fails = async (...words: string[]) => {
    const { code, stderr } = await inProcess("lr-find", ...words);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await fails()).toMatch(/missing required argument 'data'/);
  expect(await fails(data, "--optimizer", "adan")).toMatch(/did you mean adam/);
  expect(await fails(data, "--optimizer", "lion", "--momentum", "0.9")).toMatch(
    /lion has no momentum/,
  );
  expect(await fails(data, "--model", "lenet6")).toMatch(/did you mean lenet5/);
  expect(await fails(data, "--betas", "0.9")).toMatch(/Give two numbers/);
  expect(await fails(data, "--start", "1", "--end", "0.1")).toMatch(/from 1 to 0.1 — give rates/);
});

test("train takes schedules with settings, gathered gradients and averages", async () => {
  const out = join(folder, "run");
  const words = ["--optimizer", "lion", "--lr", "0.001", "--betas", "0.9,0.98", "--ema", "0.9"];
  const schedule = ["--schedule", "multi-step:milestones=0.5,0.75,gamma=0.5"];
  const { code, stdout } = await convkit(
    ...["train", data, "--model", "lenet5", "--epochs", "2", "--batch", "16", "--out", out],
    ...[...words, ...schedule, "--accumulate", "2"],
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /15 batches, batch 16, 2 to a step; lion, learning rate 0.001, multi-step:/,
  );
  const config = JSON.parse(readFileSync(join(out, "config.json"), "utf8"));
  expect(config).toMatchObject({
    optimizer: { name: "lion", lr: 0.001, betas: [0.9, 0.98], accumulate: 2 },
    schedule: { name: "multi-step", milestones: [0.5, 0.75], gamma: 0.5 },
    ema: 0.9,
  });
  const wrong = await inProcess("train", data, "--schedule", "step:gama=0.5");
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    expect.stringMatching(/step has no gama — it has size, gamma/),
  ]);
});
