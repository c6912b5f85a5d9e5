/** The yardstick itself: the networks are the published ones, and ratios pair what ran in the same round. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { countParameters, networks } from "../bench/networks.ts";
import { median, ratios } from "../bench/statistics.ts";
import { workloads } from "../bench/workloads.ts";

const root = join(import.meta.dirname, "..");

test("the networks have the parameters that they claim", () => {
  for (const { name, layers, parameters } of networks) {
    expect(countParameters(layers), name).toBe(parameters);
  }
  expect(networks.find(({ name }) => name === "resnet20")?.parameters).toBe(269_722);
  expect(new Set(workloads.map(({ network }) => network))).toEqual(new Set(networks));
});

test("the median of an even number of values is the middle of the middle two", () => {
  expect(median([10, 1, 2])).toBe(2);
  expect(median([10, 1, 2, 4])).toBe(3);
});

test("a ratio compares within rounds, and leaves out those where one side is missing", () => {
  const fast = new Map([
    [0, 20],
    [1, 90],
    [2, 30],
  ]);
  const slow = new Map([
    [0, 10],
    [2, 10],
    [3, 1],
  ]);
  expect(ratios(fast, slow)).toEqual({ median: 2.5, low: 2, high: 3, count: 2 });
  expect(ratios(new Map(), slow)).toBeUndefined();
});

test("the peers are a package of their own that the project does not install", () => {
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));
  expect(read("package.json").workspaces).toBeUndefined();
  expect(read("bench/package.json").private).toBe(true);
  const locked = Object.keys(read("package-lock.json").packages);
  for (const [name, version] of Object.entries(read("bench/package.json").dependencies)) {
    expect(locked).not.toContain(`node_modules/${name}`);
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(read("bench/package-lock.json").packages[`node_modules/${name}`].version).toBe(version);
  }
});

test("a wrong name is answered with the right ones", () => {
  const script = join(root, "bench/run.ts");
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [script, ...args], { encoding: "utf8", stdio: "pipe" });
  expect(() => run("--peer", "nobody")).toThrow(/--peer nobody: choose from convkit, pytorch/);
  expect(run("--list")).toContain("train/lenet5@128");
});
