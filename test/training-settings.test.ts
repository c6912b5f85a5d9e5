/** The settings of `convkit train` beyond the bare ones, as words of a command line; and a run that goes on without saying them again. */
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { optionGroups } from "../src/cli/option-groups.ts";
import { encodeImage } from "../src/image/encode-node.ts";
import { convkit, expectEqualRuns, inProcess, start, temporaryFolder } from "./command-line.ts";

const folder = temporaryFolder();
const data = "glyphs:train=256,test=64";

const configOf = (run: string) => JSON.parse(readFileSync(join(run, "config.json"), "utf8"));

const words = [
  ...["train", data, "--recipe", "lenet", "--epochs", "4", "--batch", "32", "--no-report"],
  ...["--freeze", "conv1", "--unfreeze-at", "3:conv1", "--freeze-bn", "none", "--mixup", "0.2"],
  ...["--sampler", "balanced", "--decay", "weights", "--layer-decay", "0.9", "--tta", "flip"],
  ...["--swa", "2", "--warmup-epochs", "0.5", "--lookahead", "--seed", "3"],
];
const [whole, parts] = [join(folder, "whole"), join(folder, "parts")];

test("a run goes on with all that it was begun with, in the same bytes", async () => {
  expect((await convkit(...words, "--out", whole)).code).toBe(0);
  const run = start([...words, "--out", parts, "--json"]);
  await run.until('"epoch":2');
  run.process.kill("SIGINT");
  const { events } = await run.done;
  expect(events.at(-1)?.resume).toBe(`convkit train --out ${parts} --resume`);
  const resumed = await convkit("train", "--out", parts, "--resume", "--no-report");
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(resumed.stdout).toMatch(/^training +lenet: 4 epochs of/m);
  expectEqualRuns(whole, parts);
  expect(configOf(parts)).toMatchObject({
    ...{ recipe: "lenet", seed: 3, freeze: ["conv1"], freezeBatchNorm: false, mixup: 0.2 },
    ...{ unfreezeAt: [{ epoch: 3, layers: ["conv1"] }], sampler: "balanced", decay: "weights" },
    ...{ layerDecay: 0.9, tta: "flip", swa: { start: 2 }, warmup: 0.125, lookahead: true },
  });
});

test("what contradicts a run is refused, what repeats it is not", async () => {
  const other = await inProcess("train", "--out", whole, "--resume", "--mixup", "0.4");
  expect(other.stderr).toContain("the run was begun with mixup 0.2, now it is 0.4");
  const same = await inProcess("train", "--out", whole, "--resume", "--mixup", "0.2");
  expect(same.code, same.stderr).toBe(0);
  expect(same.stdout).toContain("is finished already");
});

test("a run is evaluated by the views that it was tested with, unless others are named", async () => {
  const lossOf = async (...flags: string[]) => {
    const { stdout } = await inProcess("evaluate", whole, ...flags);
    return /loss ([\d.]+)/.exec(stdout)?.[1];
  };
  const metrics = readFileSync(join(whole, "metrics.jsonl"), "utf8").trim().split("\n");
  expect(await lossOf()).toBe(JSON.parse(metrics.at(-1) as string).loss.toFixed(4));
  expect(await lossOf("--tta", "none")).not.toBe(await lossOf());
});

test("a recipe brings its model and its settings, and flags come before it", async () => {
  const out = join(folder, "recipe");
  const words = ["--recipe", "lenet", "--lr", "0.01", "--loss", "softmaxFocal:gamma=1"];
  const few = ["--epochs", "1", "--out", out, "--no-report", "--json"];
  const { code, events, stderr } = await convkit("train", data, ...words, ...few);
  expect(code, stderr).toBe(0);
  expect(events[0]).toMatchObject({ model: "lenet5", recipe: "lenet", minutes: null });
  expect(configOf(out)).toMatchObject({
    optimizer: { name: "adamW", lr: 0.01 },
    loss: { name: "softmaxFocal", gamma: 1 },
  });
});

test("a stem that was chosen is the model's from then on", async () => {
  const out = join(folder, "stem");
  const colours = join(folder, "colours");
  await makePhotos(colours);
  const words = ["--model", "resnet18", "--stem", "imagenet", "--size", "32", "--epochs", "1"];
  const trained = await convkit("train", colours, ...words, "--out", out, "--no-report");
  expect(trained.code, trained.stderr).toBe(0);
  expect(configOf(out).stem).toBe("imagenet");
  const { code, events } = await convkit("summary", out, "--json");
  expect(code).toBe(0);
  const plain = await convkit(
    "summary",
    "resnet18",
    "--input",
    "3x32x32",
    "--stem",
    "imagenet",
    "--num-classes",
    "2",
    "--json",
  );
  expect(events[0].macs).toBe(plain.events[0].macs);
}, 120_000);

/** Dark and bright pictures of 32×32, four of each. */
async function makePhotos(path: string): Promise<void> {
  const { mkdirSync } = await import("node:fs");
  const { default: sharp } = await import("sharp");
  for (const [name, level] of [
    ["dark", 40],
    ["bright", 200],
  ] as const) {
    mkdirSync(join(path, name), { recursive: true });
    for (let i = 0; i < 8; i++) {
      const pixels = Buffer.from(
        Uint8Array.from({ length: 3072 }, (_, p) => level + ((p * (i + 7)) % 40)),
      );
      const raw = { width: 32, height: 32, channels: 3 } as const;
      await sharp(pixels, { raw })
        .png()
        .toFile(join(path, name, `${i}.png`));
    }
  }
}

test.each([
  ["--recipe", "lenett", "did you mean lenet?"],
  ["--minutes", "0", "above 0"],
  ["--decay", "some", "Choose all, weights"],
  ["--unfreeze-at", "conv1", "write 3:layer4"],
  ["--freeze-bn", "maybe", "Choose frozen, none, all"],
  ["--mixup", "-1", "0 or more"],
  ["--sampler", "random", "Choose balanced"],
  ["--progressive-resize", "224:128", "such as 128:224"],
  ["--tta", "flips", "Choose none, flip"],
  ["--stem", "vgg", "Choose imagenet, cifar"],
  ["--freeze", "conv1,,fc", "joined by commas"],
])("%s %s is wrong usage", async (flag, value, message) => {
  const { code, stderr } = await inProcess("train", data, flag, value, "--out", join(folder, "no"));
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

test("photographs in files are learnt by a recipe for them, unless a model is named", async () => {
  const photos = join(folder, "photos");
  for (const name of ["dark", "light"]) {
    await mkdir(join(photos, name), { recursive: true });
    for (let i = 0; i < 6; i++) {
      const level = (name === "dark" ? 30 : 180) + 7 * i;
      const data = Uint8Array.from({ length: 40 * 30 * 3 }, (_, p) => level + ((p * (i + 3)) % 40));
      const png = await encodeImage({ width: 40, height: 30, channels: 3, data });
      await writeFile(join(photos, name, `${i}.png`), png);
    }
  }
  const flags = ["--size", "32", "--epochs", "1", "--no-report", "--out"];
  const usual = await inProcess("train", photos, ...flags, join(folder, "usual"));
  expect([usual.code, usual.stdout]).toEqual([0, expect.stringMatching(/^training +photos: /m)]);
  expect(usual.stdout).toMatch(/^data +photos: /m);
  expect(usual.stderr).toContain("begins without having learnt anything");
  const own = await inProcess(
    "train",
    photos,
    "--model",
    "resnet20",
    ...flags,
    join(folder, "own"),
  );
  expect([own.code, own.stderr]).toEqual([0, expect.not.stringContaining("having learnt")]);
  expect(configOf(join(folder, "own"))).toMatchObject({ recipe: null, batch: 128 });
  // What has learnt something is tuned.
  const run = join(folder, "usual");
  const tuned = await inProcess("train", photos, "--model", run, ...flags.slice(2), `${run}-2`);
  expect([tuned.code, tuned.stdout]).toEqual([0, expect.stringMatching(/^training +finetune: /m)]);
});

test("--help lists the commands, and the options of train, by what they are for", async () => {
  const all = (await convkit("--help")).stdout;
  expect(all).toMatch(/^Train:\n {2}train +train a model.*^Other:\n {2}doctor/ms);
  const { stdout } = await convkit("help", "train");
  const headings = stdout.match(/^[A-Z][\w ,]*:$/gm)?.slice(1);
  expect(headings?.slice(0, 7)).toEqual(Object.values(optionGroups));
});

test("--help lists the recipes, a line each", async () => {
  const { stdout } = await convkit("train", "--help");
  for (const name of ["lenet", "cifar", "finetune", "imagenet"]) {
    expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\S`, "m"));
  }
});
