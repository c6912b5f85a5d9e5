/** Models of several inputs, and one whose output has no gradient: every command works, or says in a line why not. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { convkit, inProcess, temporaryFolder } from "../../../test/command-line.ts";
import { encodeNpy } from "../../formats/index.ts";
import { writeOnnx } from "../../formats/node.ts";
import { conv2d, globalAvgPool2d, linear, Module, traceNetwork } from "../../nn/index.ts";
import type { Mode } from "../../nn/module.ts";
import { argmax } from "../../ops/argmax.ts";
import type { Tensor } from "../../tensor/index.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const two = at("masked.onnx");
const decided = at("decided.onnx");
const f32 = "f32" as const;
const inputs = [
  { name: "picture", shape: [3, 16, 16], dtype: f32 },
  { name: "mask", shape: [1, 16, 16], dtype: f32 },
];

/** Scores of what a mask leaves of a picture. */
class Masked extends Module<readonly [Tensor, Tensor]> {
  readonly conv = conv2d(4, { kernel: 3 });
  readonly pool = globalAvgPool2d();
  readonly fc = linear(5);

  forward(picture: Tensor, mask: Tensor, mode: Mode): Tensor {
    const seen = this.conv.call(picture.mul(mask), mode);
    return this.fc.call(this.pool.call(seen, mode), mode);
  }
}

/** The number of the likeliest class. */
class Decided extends Module {
  readonly fc = linear(5);

  forward(x: Tensor, mode: Mode): Tensor {
    return x.builder.apply(argmax, [this.fc.call(x.flatten(1), mode)], { axis: 1 });
  }
}

beforeAll(async () => {
  const net = new Masked();
  traceNetwork(net, inputs);
  await writeOnnx(two, net, { inputs });
  const other = new Decided();
  traceNetwork(other, [3, 16, 16]);
  await writeOnnx(decided, other, { inputShape: [3, 16, 16] });
  for (const { name, shape } of inputs) {
    const data = Float32Array.from({ length: 2 * 256 * shape[0] }, (_, i) => Math.sin(i));
    writeFileSync(at(`${name}.npy`), encodeNpy({ type: "f4", shape: [2, ...shape], data }));
  }
});

test("two inputs: summary, comparison, picture, training memory and results", async () => {
  const text = await inProcess("summary", two, "--optimizer", "adam");
  expect([text.code, text.stderr]).toEqual([0, ""]);
  expect(text.stdout).toMatch(/inputs picture of 3×16×16, mask of 1×16×16, 5 classes/);
  expect(text.stdout).toMatch(/^Training step, adam/m);
  const { events } = await convkit("summary", two, "--json");
  // 4·(3·9 + 1) + 5·(4 + 1)
  expect(events[0]).toMatchObject({ inputs, inputShape: [3, 16, 16], parameters: 137, classes: 5 });
  const compared = await inProcess("compare", two);
  expect(compared.stdout).toMatch(/masked\.onnx +3×16×16, 1×16×16 +137/);
  expect((await inProcess("draw", two, "--out", at("two.svg"))).code).toBe(0);
  const arrays = ["--input", at("picture.npy"), "--input", at("mask.npy")];
  const run = await convkit("run", two, ...arrays, "--out", at("y.npy"), "--json");
  expect(run.events[0]).toMatchObject({ event: "run", shape: [2, 5], finite: true });
});

test("an output without a gradient: everything but training memory", async () => {
  const text = await inProcess("summary", decided);
  expect([text.code, text.stderr]).toEqual([0, ""]);
  expect((await inProcess("compare", decided)).code).toBe(0);
  expect((await inProcess("draw", decided, "--out", at("decided.svg"))).code).toBe(0);
  const step = await inProcess("summary", decided, "--optimizer", "adam");
  expect(step.code).toBe(1);
  expect(step.stderr).toMatch(/^convkit summary: .*holds i32, which has no gradient.*\n$/);
});

test.each([
  ["predict", two, at("picture.npy"), "--channels", "rgb", "--scale", "1/255"],
  ["evaluate", two, "glyphs", "--channels", "rgb", "--scale", "1/255"],
  ["train", "glyphs", "--model", two],
  ["lr-find", "glyphs", "--model", two],
  ["predict", decided, at("picture.npy"), "--channels", "rgb", "--scale", "1/255"],
  ["train", "glyphs", "--model", decided],
])("%s of one that it cannot take is one line", async (...words) => {
  const { code, stdout, stderr } = await inProcess(...words);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr.replaceAll(folder, "")).toMatch(/^convkit [\w-]+: \[\w+\] .+ — .+\n$/);
});
