import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { convkit, temporaryFolder } from "../../../test/command-line.ts";

const folder = temporaryFolder();
const words = ["glyphs:train=200,test=20", "--folds", "3", "--epochs", "1", "--threads", "1"];

test("tests with every training picture once, and tells mean and deviation over folds", async () => {
  const out = join(folder, "runs");
  const { code, events, stderr } = await convkit(
    ...["cross-validate", ...words, "--out", out, "--json"],
  );
  expect([code, stderr]).toEqual([0, expect.stringMatching(/accuracy .* % ± .* % over 3 folds/)]);
  const folds = events.filter(({ event }) => event === "fold");
  const accuracies = folds.map(({ accuracy }) => Number(accuracy));
  const mean = accuracies.reduce((sum, value) => sum + value, 0) / 3;
  const std = Math.sqrt(accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2);
  expect(events.at(-1)).toMatchObject({ event: "cross-validation", folds: 3, images: 200 });
  expect(events.at(-1)?.accuracy).toBeCloseTo(mean, 12);
  expect(events.at(-1)?.std).toBeCloseTo(std, 12);
  const config = JSON.parse(readFileSync(join(out, "fold-2", "config.json"), "utf8"));
  expect(config.fold).toEqual({ index: 2, of: 3 });
  // A fold's run is tested with its own part, unless another is named.
  const again = await convkit("evaluate", join(out, "fold-2"), "--json", "--threads", "1");
  expect(again.events[0]).toMatchObject({
    images: folds[1].images,
    accuracy: folds[1].accuracy,
  });
  const own = await convkit("evaluate", join(out, "fold-2"), words[0], "--json", "--threads", "1");
  expect(own.events[0].images).toBe(20);
}, 120_000);

test("parts that there are not, and trainings that fail, end it", async () => {
  const out = join(folder, "wrong");
  const one = await convkit("train", ...words.slice(0, 1), "--fold", "4/3", "--out", out);
  expect([one.code, one.stderr]).toEqual([2, expect.stringContaining("such as 2/5")]);
  const two = await convkit("cross-validate", ...words, "--modell", "lenet5", "--out", out);
  expect([two.code, two.stderr]).toEqual([2, expect.stringContaining("unknown option '--modell'")]);
}, 60_000);
