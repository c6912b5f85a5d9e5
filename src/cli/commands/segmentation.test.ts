/** A folder of pictures and masks, from training to masks of other pictures and a report. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { convkit, temporaryFolder } from "../../../test/command-line.ts";
import { shape, shapeClasses, writeShapes } from "../../../test/shapes.ts";
import { decodeMask, encodeImage, readImage } from "../../image/node.ts";

const folder = temporaryFolder();
const [data, run] = [join(folder, "shapes"), join(folder, "run")];

beforeAll(async () => {
  await writeShapes(data, 40, [
    [32, 32],
    [32, 48],
  ]);
  writeFileSync(join(data, "classes.txt"), shapeClasses.join("\n"));
  const { code, stdout, stderr } = await convkit(
    ...["train", data, "--size", "32", "--epochs", "8", "--val", "0.2", "--lr", "0.003"],
    ...["--loss", "crossEntropy+dice", "--threads", "2", "--tensorboard", "--out", run],
  );
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/model +unet_s: 1,942,611 parameters/);
  expect(stdout).toMatch(/mean IoU \d+\.\d %/);
  expect(stdout).toMatch(/class +IoU +Dice +precision +recall +pixels\nbackground/);
  expect(stdout).toContain("report in ");
}, 240_000);

test("the run knows mean IoU, epoch by epoch and of each class", () => {
  const lines = readFileSync(join(run, "metrics.jsonl"), "utf8").trim().split("\n");
  const records = lines.map((line) => JSON.parse(line));
  expect(records.map(({ event }) => event)).toEqual([...new Array(8).fill("epoch"), "test"]);
  for (const { measures } of records) {
    expect(Object.keys(measures).slice(0, 2)).toEqual(["meanIoU", "meanDice"]);
    expect(measures["IoU/background"]).toBeGreaterThan(0);
  }
  expect(records.at(-1).measures.meanIoU).toBeGreaterThan(0.5);
  expect(JSON.parse(readFileSync(join(run, "config.json"), "utf8"))).toMatchObject({
    ...{ model: "unet_s", classes: [...shapeClasses], inputShape: [3, 32, 32] },
    loss: [{ name: "crossEntropy" }, { name: "dice" }],
  });
});

test("evaluate tells what the training told, and refuses data without masks", async () => {
  const test = readFileSync(join(run, "metrics.jsonl"), "utf8").trim().split("\n").at(-1) ?? "";
  const { code, events } = await convkit("evaluate", run, "--json");
  expect(code).toBe(0);
  expect(events[0]).toMatchObject({ event: "evaluation", images: 8, classes: [...shapeClasses] });
  expect(events[0].measures).toEqual(JSON.parse(test).measures);
  const other = await convkit("evaluate", run, "glyphs:train=20,test=10");
  expect(other.code).toBe(1);
  expect(other.stderr).toMatch(/glyphs.* has no masks, the model gives each pixel a class/);
});

test("predict writes masks of the pictures' sizes and overlays, into a folder or beside them", async () => {
  const { image, mask } = shape(500, 60, 44);
  const file = join(folder, "new.jpg");
  writeFileSync(file, await encodeImage(image, "jpeg"));
  const out = join(folder, "masks");
  const { code, events } = await convkit("predict", run, file, "--out", out, "--json");
  expect(code).toBe(0);
  const [paths] = [[join(out, "new.png"), join(out, "new.overlay.png")]];
  expect(events).toMatchObject([
    { event: "segmentation", image: file, mask: paths[0], overlay: paths[1] },
  ]);
  const found = await decodeMask(readFileSync(paths[0]));
  expect([found.height, found.width]).toEqual([60, 44]);
  const right = found.data.filter((label, i) => label === mask.data[i]).length;
  expect(right / mask.data.length).toBeGreaterThan(0.75);
  const shown = await readImage(paths[1]);
  expect([shown.height, shown.width, shown.channels]).toEqual([60, 44, 3]);
  const beside = await convkit("predict", run, file);
  expect(beside.stdout).toMatch(
    /new\.jpg: background \d+\.\d %.*; .*new\.mask\.png, .*new\.overlay\.png/,
  );
  expect(existsSync(join(folder, "new.mask.png"))).toBe(true);
  const picture = join(data, "images", "0.png");
  const over = await convkit("predict", run, picture, "--out", join(data, "images"));
  expect([over.code, over.stderr]).toEqual([
    1,
    expect.stringContaining("would replace the picture"),
  ]);
});

test("report shows classes and pictures, and needs nothing but itself", async () => {
  const file = join(run, "report.html");
  rmSync(file);
  const { code, events } = await convkit("report", run, "--json");
  expect(code).toBe(0);
  expect(events[0]).toMatchObject({ event: "report", file, images: 8 });
  expect(events[0].meanIoU).toBeGreaterThan(0.5);
  const page = readFileSync(file, "utf8");
  for (const text of ["mean IoU", "Dice", ...shapeClasses, "--loss crossEntropy+dice"]) {
    expect(page).toContain(text);
  }
  expect(page.match(/src="data:image/g)).toHaveLength(24);
  expect(page).not.toMatch(/src="http|href="http/);
});

test("a model for whole pictures is refused, with the one that is for masks", async () => {
  const { code, stderr } = await convkit(
    "train",
    data,
    "--model",
    "lenet5",
    "--out",
    join(folder, "no"),
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /expected scores N×3×\d+×\d+ — choose a model for segmentation, such as unet/,
  );
});
