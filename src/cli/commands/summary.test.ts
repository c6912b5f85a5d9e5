import { expect, test } from "vitest";
import { convkit } from "../../../test/command-line.ts";

test("the table of lenet5 has a line for each layer, the totals and how the model was adapted", async () => {
  const { code, stdout, stderr } = await convkit("summary", "lenet5", "--input", "1x28x28");
  expect([code, stderr]).toEqual([0, ""]);
  const rows = stdout.split("\n");
  const row = (start: string) => rows.find((line) => line.startsWith(start))?.split(/\s{2,}/);
  // 6·5·5 + 6 parameters; 28·28·6·5·5 products; 6·28·28 floats
  expect(row("conv1")).toEqual([
    "conv1 (conv2d)",
    "1×6×28×28",
    "156",
    "117,600",
    "18.4 KiB",
    "36.8 KiB",
    "5×5",
    "1",
    "1",
  ]);
  expect(row("conv2")).toEqual([
    "conv2 (conv2d)",
    "1×16×10×10",
    "2,416",
    "240,000",
    "6.3 KiB",
    "12.5 KiB",
    "14×14",
    "1",
    "2",
  ]);
  expect(row("relu1")?.slice(1)).toEqual([
    "1×6×28×28",
    "·",
    "·",
    "18.4 KiB",
    "36.8 KiB",
    "5×5",
    "1",
    "1",
  ]);
  expect(row("Total")).toEqual(["Total", "61,706", "416,520", "58.6 KiB", "117 KiB"]);
  expect(row("Peak of a prediction")?.[1]).toMatch(/ KiB as planned: 241 KiB weights and /);
  expect(stdout).toMatch(/Note: lenet5: first convolution padded by 2/);
});

test("--json gives one record; its layers add up to its totals, and work grows with the batch", async () => {
  const [one, eight] = await Promise.all([
    convkit("summary", "resnet20", "--json"),
    convkit("summary", "model=resnet20", "batch=8", "--json"),
  ]);
  expect(one.events).toHaveLength(1);
  interface Counts {
    parameters: number;
    macs: number;
    activationBytes: { forward: number; training: number };
  }
  const record = one.events[0] as unknown as Counts & { peakBytes: number; layers: Counts[] };
  const sum = (of: (counts: Counts) => number) =>
    record.layers.reduce((s, layer) => s + of(layer), 0);
  expect(record.parameters).toBe(269_722);
  expect(sum((layer) => layer.parameters)).toBe(269_722);
  expect(sum((layer) => layer.macs)).toBe(record.macs);
  expect(sum((layer) => layer.activationBytes.forward)).toBe(record.activationBytes.forward);
  expect(record.activationBytes.training).toBeGreaterThan(record.activationBytes.forward);
  // The plan shares memory among layers, but holds all weights.
  expect(record.peakBytes).toBeGreaterThan(269_722 * 4);
  expect(eight.events[0].macs).toBe(8 * record.macs);
});

test("--depth sums up what is deeper, and the totals stay", async () => {
  const [all, parts] = await Promise.all([
    convkit("summary", "resnet20", "--json"),
    convkit("summary", "resnet20", "--depth", "1", "--json"),
  ]);
  const layersOf = (run: typeof all) =>
    run.events[0].layers as { name: string; parameters: number; stride: unknown; jump: unknown }[];
  const stage2 = layersOf(all).filter(({ name }) => name.startsWith("layer2."));
  const folded = layersOf(parts).find(({ name }) => name === "layer2");
  expect(folded).toMatchObject({
    parameters: stage2.reduce((sum, { parameters }) => sum + parameters, 0),
    stride: [2, 2],
    jump: [2, 2],
  });
  expect(layersOf(parts).map(({ name }) => name)).not.toContain("layer2.0.conv1");
  for (const key of ["parameters", "macs", "activationBytes", "peakBytes"]) {
    expect(parts.events[0][key]).toEqual(all.events[0][key]);
  }
});

test("--optimizer adds the memory of a training step", async () => {
  const [adam, sgd] = await Promise.all([
    convkit("summary", "lenet5", "--optimizer", "AdamW", "--batch", "64", "--json"),
    convkit("summary", "lenet5", "--optimizer", "sgd", "--batch", "64", "--json"),
  ]);
  const step = adam.events[0].trainingStep as Record<string, number>;
  const { weights, gradients, optimizerStates, activations, total, peak } = step;
  const bytes = 4 * 61_706;
  expect([weights, gradients]).toEqual([bytes, bytes]);
  // Two moments of every weight, the rate and two corrections.
  expect(optimizerStates).toBe(2 * bytes + 3 * 4);
  expect(activations).toBe((adam.events[0].activationBytes as { training: number }).training);
  expect(total).toBe(weights + gradients + optimizerStates + activations);
  expect(peak).toBeGreaterThan(weights + optimizerStates);
  expect(peak).toBeLessThan(total);
  // Without momentum there is the rate alone.
  expect(sgd.events[0].trainingStep).toMatchObject({ optimizer: "sgd", optimizerStates: 4 });
  const text = await convkit("summary", "lenet5", "--optimizer", "adamw");
  expect(text.stdout).toMatch(/Training step, adamW +1.1 MiB in all/);
  const wrong = await convkit("summary", "lenet5", "--optimizer", "adamx");
  expect([wrong.code, wrong.stdout]).toEqual([2, ""]);
});

test("--markdown is a table of GitHub's", async () => {
  const { stdout } = await convkit("summary", "lenet5", "--markdown");
  const lines = stdout.split("\n").filter((line) => line.startsWith("|"));
  const cells = lines.map((line) => line.split("|").length);
  expect(new Set(cells)).toEqual(new Set([11]));
  expect(lines[1]).toBe("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
  expect(lines.at(-1)).toMatch(/^\| \*\*Total\*\* \| {2}\| \*\*61,706\*\*/);
  expect(stdout).toMatch(/^- Parameters: 61,706\n {2}- trainable: 61,706$/m);
});

test("classes and channels adapt the model", async () => {
  const { events } = await convkit(
    "summary",
    "lenet5",
    "--input",
    "3x32x32",
    "--num-classes",
    "4",
    "--json",
  );
  // 3·6·25 + 6 instead of 6·25 + 6, and 84·4 + 4 instead of 84·10 + 10
  expect(events[0].parameters).toBe(61_706 + 2 * 150 - 6 * 85);
  expect(events[0].notes).toEqual([
    "lenet5: 3 input channels instead of 1",
    "lenet5: 4 classes instead of 10",
  ]);
});

test("wrong usage is one line and exit code 2", async () => {
  const wrong = await Promise.all([
    convkit("summary", "letet5"),
    convkit("summary", "lenet5", "--input", "28x28"),
    convkit("summary", "lenet5", "--batch", "0"),
    convkit("summary"),
  ]);
  expect(wrong.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
  expect(wrong.map(({ stdout }) => stdout)).toEqual(["", "", "", ""]);
  for (const { stderr } of wrong) expect(stderr).toMatch(/^convkit summary: .+\n$/);
  expect(wrong[0].stderr).toMatch(/did you mean lenet5\?/);
  expect(wrong[1].stderr).toMatch(/channels, height and width/);
});

test("a picture too small is a failed run, exit code 1, said in JSON as well", async () => {
  const { code, stderr, events } = await convkit("summary", "lenet5", "--input", "1x4x4", "--json");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^convkit summary: \[lenet5\] 4×4 images are too small/);
  expect(events).toEqual([
    { event: "error", message: stderr.trim().replace("convkit summary: ", "") },
  ]);
});

test("--classes is --num-classes by its older name", async () => {
  const ended = await convkit("summary", "lenet5", "--classes", "4", "--json");
  expect(JSON.parse(ended.stdout)).toMatchObject({ classes: 4 });
});
