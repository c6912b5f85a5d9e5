/** What a network is shown is said once, when it is trained: its file carries it, and whatever reads that goes by it. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { glyphs, pictureAt } from "../src/data/index.ts";
import { encodeImage } from "../src/image/encode-node.ts";
import { openModel } from "../src/train/node.ts";
import { convkit, inProcess, temporaryFolder } from "./command-line.ts";

const folder = temporaryFolder();

test("train --channels stacks representations; evaluate and predict show the same", async () => {
  const out = join(folder, "run");
  const data = "glyphs:train=300,test=60,seed=2";
  const shown = ["--channels", "intensity+fourierMagnitude", "--model", "lenet5"];
  const run = ["--epochs", "1", "--out", out];
  const trained = await convkit("train", data, ...shown, ...run);
  expect(trained, trained.stderr).toMatchObject({ code: 0 });
  expect((await openModel(out)).preprocessing).toMatchObject({
    ...{ channels: 2, representation: ["intensity", "fourierMagnitude"] },
    ...{ mean: [expect.any(Number), expect.any(Number)], scale: 1 / 255 },
  });
  const evaluated = await convkit("evaluate", out, "--json");
  expect(evaluated, evaluated.stderr).toMatchObject({ code: 0 });
  const { test: pictures } = glyphs({ train: 300, test: 60, seed: 2 });
  const files = [0, 1, 2, 3, 4, 5].map((i) => join(folder, `${i}.png`));
  for (const [i, file] of files.entries()) {
    await writeFile(file, await encodeImage(await pictureAt(pictures, i)));
  }
  const predicted = await convkit("predict", out, ...files, "--json");
  expect(predicted, predicted.stderr).toMatchObject({ code: 0 });
  expect(predicted.events).toHaveLength(files.length);
}, 60_000);

test("a representation that there is not, and one for other channels, are refused", async () => {
  const unknown = await inProcess("train", "glyphs", "--channels", "lab");
  expect(unknown.code).not.toBe(0);
  expect(unknown.stderr).toContain(
    "Choose rgb, bgr, grey, hsv, intensity, fourierMagnitude, fourierPhase, or several as rgb+hsv",
  );
  const other = await inProcess("evaluate", "resnet20", "glyphs", "--channels", "rgb+hsv");
  expect(other.code).not.toBe(0);
  expect(other.stderr).toContain("channels rgb+hsv are 6, the model reads pictures of 3×32×32");
});
