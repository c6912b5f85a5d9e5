import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { convkit, temporaryFolder } from "../../../test/command-line.ts";
import { listModels } from "../../models/index.ts";

const folder = temporaryFolder();

test("models side by side, as text, Markdown and JSON", async () => {
  const [text, markdown, json] = await Promise.all([
    convkit("compare", "resnet18", "lenet5"),
    convkit("compare", "resnet18", "lenet5", "--markdown"),
    convkit("compare", "resnet18", "lenet5", "--json"),
  ]);
  expect([text.code, text.stderr]).toEqual([0, ""]);
  const cells = text.stdout.split("\n").find((line) => line.startsWith("resnet18"));
  expect(cells?.split(/ {2,}/).slice(0, 4)).toEqual([
    "resnet18",
    "3×224×224",
    "11,689,512",
    "1,814,073,344",
  ]);
  expect(markdown.stdout).toMatch(/^\| lenet5 \| 1×32×32 \| 61,706 \|/m);
  expect(json.events).toHaveLength(2);
  expect(json.events[0]).toMatchObject({
    event: "comparison",
    ...{ model: "resnet18", parameters: 11_689_512, macs: 1_814_073_344, depth: 18 },
    accuracy: { top1: 69.758, source: "torchvision 0.14, IMAGENET1K_V1" },
  });
  expect(json.events[1]).toMatchObject({ model: "lenet5", depth: 5, accuracy: null });
});

test("a published accuracy is not that of another picture size", async () => {
  const { events } = await convkit("compare", "resnet18", "--input", "3x160x160", "--json");
  expect(events[0]).toMatchObject({ inputShape: [3, 160, 160], accuracy: null });
});

test("--svg draws a circle for each model with its name and its figures", async () => {
  const file = join(folder, "chart.svg");
  const names = ["resnet18", "resnet34", "resnet50", "resnet152"];
  const { code, stdout } = await convkit("compare", ...names, "--svg", file);
  expect(code).toBe(0);
  expect(stdout).toContain(`chart drawn in ${file}`);
  const svg = readFileSync(file, "utf8");
  for (const name of names) expect(svg).toContain(`>${name}</text>`);
  expect(svg).toContain("resnet50: 25.6 M parameters, 4.09 billion multiply-adds, 76.13 %");
});

test("without a published accuracy there is no chart", async () => {
  const { code, stderr } = await convkit("compare", "lenet5", "--svg", join(folder, "no.svg"));
  expect(code).toBe(2);
  expect(stderr).toMatch(/none of these models has a published accuracy/);
});

test("the whole zoo's accuracies are per cent, with where they are from", async () => {
  for (const { accuracy } of await listModels()) {
    if (!accuracy) continue;
    expect(accuracy.top1).toBeGreaterThan(50);
    expect(accuracy.top1).toBeLessThan(92);
    expect(accuracy.source.length).toBeGreaterThan(8);
  }
});
