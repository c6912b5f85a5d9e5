/** Models and weights through every form that can be written, and back: the outputs stay what they are. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { convkit, temporaryFolder } from "../../../test/command-line.ts";
import { relativeError } from "../../../test/reference-store.ts";
import { writeFileAtomic } from "../../formats/node.ts";
import { encodeNpy, parseNpy } from "../../formats/npy.ts";
import { createModel } from "../../models/index.ts";
import { initialize } from "../../nn/initialize.ts";
import { encodeModel } from "../../train/encode-model.ts";
import type { ModelCard } from "../../train/model-card.ts";

// Each case starts several processes.
vi.setConfig({ testTimeout: 120_000 });

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const numbers = (name: string) => parseNpy(readFileSync(at(name))).data as Float32Array;

const card: ModelCard = {
  architecture: "resnet20",
  inputShape: [3, 32, 32],
  classes: ["cat", "dog", "fox"],
  loss: "crossEntropy",
  preprocessing: {
    ...{ channels: 3, width: 32, height: 32, scale: 1 / 255, order: "bgr", fit: "cover" },
    ...{ mean: [0.4, 0.5, 0.6], std: [0.2, 0.2, 0.2] },
  },
};

async function succeed(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await convkit(...words);
  expect(code, `${words.join(" ")}: ${stderr}`).toBe(0);
  return stdout;
}

beforeAll(async () => {
  const { net } = await createModel("resnet20", { classes: 3 });
  initialize(net, card.inputShape, { seed: 5 });
  await writeFileAtomic(at("model.safetensors"), encodeModel(net, card));
  const data = Float32Array.from({ length: 3 * 3072 }, (_, i) => Math.sin(1.7 * i * i + 0.3 * i));
  await writeFileAtomic(at("x.npy"), encodeNpy({ type: "f4", shape: [3, 3, 32, 32], data }));
  await succeed("run", at("model.safetensors"), "--input", at("x.npy"), "--out", at("y.npy"));
});

describe("what was written gives the same scores", () => {
  test.each(["safetensors", "pth", "npz"])("weights as .%s, loaded by name", async (extension) => {
    const out = at(`weights.${extension}`);
    await succeed("convert", at("model.safetensors"), out);
    await succeed(
      "run",
      "resnet20",
      "--weights",
      out,
      "--input",
      at("x.npy"),
      "--out",
      at("w.npy"),
    );
    expect(numbers("w.npy")).toEqual(numbers("y.npy"));
  });

  test("a chain of weights alone, and a model of them", async () => {
    await succeed("convert", at("model.safetensors"), at("1.pth"));
    await succeed("convert", at("1.pth"), at("2.npz"));
    await succeed("convert", at("2.npz"), at("3.safetensors"));
    await succeed("convert", at("3.safetensors"), at("4.onnx"), "--model", "resnet20");
    await succeed("run", at("4.onnx"), "--input", at("x.npy"), "--out", at("c.npy"));
    expect(relativeError(numbers("c.npy"), numbers("y.npy"))).toBeLessThan(1e-5);
  });

  test("ONNX keeps classes and preprocessing, with its values beside it or not, its batch norms or not", async () => {
    for (const flags of [[], ["--external"], ["--fold-batch-norm"]]) {
      const out = at(`net${flags.join("")}.onnx`);
      const told = JSON.parse(
        await succeed("convert", at("model.safetensors"), out, "--json", ...flags),
      );
      expect(told.files).toHaveLength(flags.includes("--external") ? 2 : 1);
      expect(told.files.every((file: string) => existsSync(file))).toBe(true);
      await succeed("run", out, "--input", at("x.npy"), "--out", at("o.npy"));
      expect(relativeError(numbers("o.npy"), numbers("y.npy"))).toBeLessThan(1e-5);
    }
    const picture = at("picture.npy");
    const data = Uint8Array.from({ length: 40 * 50 * 3 }, (_, i) => (i * 7919) % 251);
    await writeFileAtomic(picture, encodeNpy({ type: "u1", shape: [40, 50, 3], data }));
    const predictions = await Promise.all(
      ["model.safetensors", "net.onnx"].map(async (file) => {
        const line = await succeed("predict", at(file), picture, "--json");
        const { label, probability } = JSON.parse(line);
        return { label, probability: probability.toFixed(4) };
      }),
    );
    expect(predictions[1]).toEqual(predictions[0]);
    expect(card.classes).toContain(predictions[0].label);
  });

  test("timm's names and back", async () => {
    await succeed(
      "convert",
      "regnet_y_400mf",
      at("timm.safetensors"),
      "--names",
      "timm",
      "--num-classes",
      "4",
    );
    const { stdout } = await convkit(
      "convert",
      at("timm.safetensors"),
      at("own.npz"),
      "--model",
      "regnet_y_400mf",
      "--json",
    );
    expect(JSON.parse(stdout)).toMatchObject({ event: "converted", model: "regnet_y_400mf" });
    const text = readFileSync(at("timm.safetensors")).subarray(8, 2000).toString("latin1");
    expect(text).toContain("stem.conv.weight");
  });
});

// biome-ignore format: one case a line
const refused: readonly (readonly [what: string, words: string[], code: number, message: RegExp])[] = [
  ["a form that is not written", ["model.safetensors", "model.json"], 2, /model\.json: is none of \.onnx, \.safetensors/],
  ["weights of no known network as ONNX", ["x.npz", "x.onnx"], 2, /holds weights alone — name the architecture they belong to, --model/],
  ["a model that is not there", ["resnet", "x.onnx"], 2, /there is no model, run directory or file .*did you mean/],
  ["names of neither", ["model.safetensors", "x.pth", "--names", "keras"], 2, /Choose torchvision or timm/],
  ["timm's names for what timm has not", ["model.safetensors", "x.pth", "--names", "timm"], 2, /timm has no \w+ of such states/],
  ["timm's names in an ONNX file", ["model.safetensors", "x.onnx", "--names", "timm"], 2, /--names is of files of weights/],
  ["external data of weights", ["model.safetensors", "x.pth", "--external"], 2, /--external is of \.onnx files/],
  ["weights alone to be folded", ["x.npz", "x.pth", "--fold-batch-norm"], 2, /holds weights alone/],
  ["weights of another network", ["x.npz", "x.onnx", "--model", "lenet5"], 1, /x\.npz: lacks .*conv1\.bias/],
];
test.each(refused)("%s is one line", async (_, words, code, message) => {
  await succeed("convert", at("model.safetensors"), at("x.npz"));
  const [from, to, ...flags] = words;
  const ended = await convkit("convert", from === "resnet" ? from : at(from), at(to), ...flags);
  expect(ended.stderr).toMatch(message);
  expect(ended.stderr.trim().split("\n")).toHaveLength(1);
  expect(ended.code).toBe(code);
});
