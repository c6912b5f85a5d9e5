/** Spaces and rungs by themselves, and searches as people run them. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { convkit, temporaryFolder } from "../../../test/command-line.ts";
import { Random } from "../../core/index.ts";
import { rungsOf } from "./halving.ts";
import { drawTrial, parseDimension } from "./space.ts";

const folder = temporaryFolder();
const draws = (text: string, n = 4000): string[] => {
  const dimension = parseDimension(text);
  return Array.from({ length: n }, (_, i) => drawTrial([dimension], new Random(3), i)[0][1]);
};

test("logarithms are drawn evenly: each decade gets its share", () => {
  const rates = draws("lr=1e-4..1e-1,log").map(Number);
  expect(Math.min(...rates)).toBeGreaterThanOrEqual(1e-4);
  expect(Math.max(...rates)).toBeLessThanOrEqual(1e-1);
  for (const decade of [1e-4, 1e-3, 1e-2]) {
    const share =
      rates.filter((rate) => rate >= decade && rate < 10 * decade).length / rates.length;
    expect(Math.abs(share - 1 / 3)).toBeLessThan(0.03); // four deviations
  }
});

test("whole numbers stay whole and reach both ends, words come alike", () => {
  const sizes = draws("--batch=3..6");
  for (const size of ["3", "4", "5", "6"]) {
    expect(Math.abs(sizes.filter((word) => word === size).length / 4000 - 0.25)).toBeLessThan(0.03);
  }
  expect(new Set(draws("augment=none|flip,shift=4"))).toEqual(new Set(["none", "flip,shift=4"]));
  expect(draws("label-smoothing=0..0.2", 50).every((word) => Number(word) <= 0.2)).toBe(true);
});

test("a trial's settings depend on the seed, its number and the option alone", () => {
  const [lr, batch] = [parseDimension("lr=1e-4..1e-1,log"), parseDimension("batch=16|32|64")];
  const [both, one] = [[lr, batch], [batch]].map((of) => drawTrial(of, new Random(1), 5));
  expect(both[1]).toEqual(one[0]);
  expect(drawTrial([lr], new Random(2), 5)).not.toEqual([both[0]]);
});

test.each([
  ["lr", /write option=domain/],
  ["lr=0.1", /two words or more, or two numbers/],
  ["lr=2..1", /first number is less/],
  ["lr=0..1,log", /numbers above 0/],
])("%s is no domain", (text, message) => {
  expect(() => parseDimension(text)).toThrow(message);
});

test("rungs are those of Jamieson and Talwalkar: n/η^i trials of r·η^i epochs", () => {
  expect(rungsOf(27, 1, 27, 3)).toEqual([
    { trials: 27, epochs: 1 },
    { trials: 9, epochs: 3 },
    { trials: 3, epochs: 9 },
    { trials: 1, epochs: 27 },
  ]);
  expect(rungsOf(4, 2, 10, 3)).toEqual([
    { trials: 4, epochs: 2 },
    { trials: 1, epochs: 10 },
  ]);
  expect(rungsOf(5, 3, 3, 3)).toEqual([{ trials: 5, epochs: 3 }]);
});

const data = "glyphs:train=300,test=30";
const quick = ["--threads", "1", "--param", "lr=1e-4..1e-1,log"];

test("halving trains the best of few epochs on more, and goes on where it was left", async () => {
  const out = join(folder, "halving");
  const words = ["search", data, ...quick, "--strategy", "halving", "--trials", "4"];
  const again = [...words, "--epochs", "2", "--factor", "2", "--out", out, "--json"];
  const { code, events } = await convkit(...again);
  expect(code).toBe(0);
  const trials = events.filter(({ event }) => event === "trial");
  expect(trials.map(({ epochs }) => epochs)).toEqual([1, 1, 1, 1, 2, 2]);
  const first = trials.slice(0, 4).map(({ accuracy }) => Number(accuracy));
  const kept = trials.slice(4).map(({ trial }) => Number(trial));
  for (const trial of [1, 2, 3, 4]) {
    if (kept.includes(trial)) continue;
    for (const other of kept) expect(first[trial - 1]).toBeLessThanOrEqual(first[other - 1]);
  }
  const best = events.at(-1) as Record<string, unknown>;
  const [a, b] = trials.slice(4).map(({ accuracy }) => Number(accuracy));
  expect(best).toMatchObject({ event: "best", epochs: 2, accuracy: Math.max(a, b) });
  expect(best.command).toMatch(/^convkit train glyphs.*--seed 0 --lr \S+ --epochs 2$/);
  rmSync(best.run as string, { recursive: true });
  const resumed = await convkit(...again);
  expect(resumed.events).toEqual(events);
  expect(existsSync(best.run as string)).toBe(true);
}, 120_000);

test("a word that trainings do not know ends the search as wrong usage", async () => {
  const out = join(folder, "wrong");
  const { code, stderr } = await convkit("search", data, ...quick, "--lrr", "3", "--out", out);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/unknown option '--lrr'/)]);
  const none = await convkit("search", data, "--param", "lr=1", "--out", out);
  expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/two numbers/)]);
}, 60_000);

test("a trial whose loss is not finite is the worst, and the search goes on", async () => {
  const out = join(folder, "diverging");
  const words = ["--param", "lr=1e-3|1e20", "--optimizer", "sgd", "--trials", "6", "--epochs", "1"];
  const { code, events, stderr } = await convkit(
    ...["search", data, ...words, "--threads", "1", "--out", out, "--json"],
  );
  expect([code, stderr]).toEqual([0, expect.stringContaining("failed")]);
  const faults = events.filter(({ event, fault }) => event === "trial" && fault !== null);
  expect(faults.length).toBeGreaterThan(0);
  expect(events.at(-1)).toMatchObject({ event: "best", settings: { lr: "1e-3" } });
}, 120_000);
