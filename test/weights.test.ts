/**
 * Weights in and out, on disk: every format both ways, real files against the outputs that were computed for them elsewhere, and
 * the memory that a large network takes.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, describe, expect, test } from "vitest";
import { wasmDevice } from "../src/backends/wasm/device.ts";
import { readStateDict, writeSafetensors, writeStateDict } from "../src/formats/node.ts";
import { createModel, loadWeights } from "../src/models/index.ts";
import { make } from "../src/models/resnet.ts";
import * as nn from "../src/nn/index.ts";
import { compile, type Tensor } from "../src/tensor/index.ts";

const folder = mkdtempSync(join(tmpdir(), "convkit-weights-"));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const shared = join(import.meta.dirname, "../../shared/data");
const models = join(shared, "models");

async function lenet(seed: number, request = {}) {
  const made = await createModel("lenet5", request);
  nn.initialize(made.net, made.inputShape, { seed });
  return made;
}

describe.each(["safetensors", "pth", "npz"])("%s", (extension) => {
  test("a network's states come back, bit for bit", async () => {
    const { net } = await lenet(1);
    const file = at(`lenet5.${extension}`);
    await writeStateDict(file, net);
    const other = await lenet(2);
    const { notes } = await loadWeights(other.net, await readStateDict(file));
    expect(notes).toEqual([]);
    expect(nn.stateDict(other.net)).toEqual(nn.stateDict(net));
  });
});

test("a file is known by what is in it, and another extension is refused", async () => {
  const { net } = await lenet(1);
  await writeStateDict(at("a.pth"), net);
  execFileSync("cp", [at("a.pth"), at("a.bin")]);
  expect((await readStateDict(at("a.bin"))).format).toBe("pytorch");
  await expect(writeStateDict(at("a.h5"), net)).rejects.toThrow(/a\.h5: weights are written as/);
  await expect(readStateDict(at("none.pth"))).rejects.toThrow(/none\.pth: no such file/);
});

test("a file that changes after it was opened is refused", async () => {
  const { net } = await lenet(1);
  await writeStateDict(at("b.safetensors"), net);
  const stored = await readStateDict(at("b.safetensors"));
  await writeStateDict(at("b.safetensors"), net);
  await expect(stored.tensors.get("conv1.weight")?.read()).rejects.toThrow(
    "changed while it was read",
  );
});

const hasNumpy = spawnSync("/usr/bin/python3", ["-c", "import numpy"]).status === 0;
test.skipIf(!hasNumpy)(
  "np.load reads what is written (skipped without Python's numpy)",
  async () => {
    const { net } = await lenet(1);
    await writeStateDict(at("c.npz"), net);
    const script =
      'import numpy, sys; f = numpy.load(sys.argv[1]); print(f["conv1.bias"].dtype, f["fc1.weight"].sum(dtype="f8"), len(f.files))';
    const said = execFileSync("/usr/bin/python3", ["-c", script, at("c.npz")], {
      encoding: "utf8",
    });
    const [dtype, sum, count] = said.trim().split(" ");
    const values = nn.stateDict(net).get("fc1.weight")?.data as Float32Array;
    expect(dtype).toBe("float32");
    expect(Number(sum)).toBeCloseTo(
      values.reduce((a, b) => a + b, 0),
      3,
    );
    expect(Number(count)).toBe(nn.stateDict(net).size);
  },
);

test("ResNet-50 takes its own size to load, on the host or straight to a device", async () => {
  const { net } = make({ name: "resnet50", inputShape: [3, 224, 224], classes: 1000 });
  nn.initialize(net, [3, 224, 224]);
  const file = at("resnet50.safetensors");
  const entries = nn.namedStates(net).map(([name, { parameter }]) => {
    const { shape, size } = parameter;
    return { name, dtype: "F32", shape, read: () => new Float32Array(size).fill(0.01) } as const;
  });
  await writeSafetensors(file, entries);
  const { size } = statSync(file);
  const script = join(import.meta.dirname, "weight-memory.ts");
  const measure = (place: string): { peak: number; held: number; left: number } =>
    JSON.parse(
      execFileSync(process.execPath, ["--conditions=convkit-source", script, file, place], {
        encoding: "utf8",
      }),
    );
  const [host, device] = [measure("host"), measure("device")];
  expect(size).toBeGreaterThan(102e6);
  expect(host.peak / size, "resident memory at most, on the host").toBeLessThan(1.35);
  expect(host.held / size, "in arrays, on the host").toBeLessThan(1.05);
  expect(host.left / size, "in arrays, once all is on the device").toBeLessThan(0.05);
  expect(device.peak / size, "resident memory at most, to a device").toBeLessThan(1.35);
});

/** Scores of the first images of a file, by a network with a file's weights. */
async function scores(net: nn.Module, shape: readonly number[], data: Float32Array) {
  const device = await wasmDevice({ threads: 2 });
  const run = compile((x: Tensor) => net.call(x, { training: false }), { device });
  const { data: out } = await run({ shape, dtype: "f32", data });
  await device.dispose();
  return out;
}

const largestError = (found: ArrayLike<number>, rows: readonly (readonly number[])[]) =>
  Math.max(
    ...rows.flat().map((value, i) => Math.abs(found[i] - value) / Math.max(1, Math.abs(value))),
  );

/** conv 8, 16, 24 with ReLU, batch norm, linear 32, ReLU, linear 10, batch norm, log-softmax. */
class MnistCnn extends nn.Module {
  conv1 = nn.conv2d(8, { kernel: 3 });
  conv2 = nn.conv2d(16, { kernel: 3 });
  conv3 = nn.conv2d(24, { kernel: 3 });
  relu = nn.relu();
  norm1 = nn.batchNorm2d();
  flatten = nn.flatten();
  fc1 = nn.linear(32);
  fc2 = nn.linear(10);
  norm2 = nn.batchNorm1d();
  logSoftmax = nn.logSoftmax();

  forward(x: Tensor, mode: nn.Mode): Tensor {
    let f = x;
    for (const conv of [this.conv1, this.conv2, this.conv3])
      f = this.relu.call(conv.call(f, mode), mode);
    f = this.flatten.call(this.norm1.call(f, mode), mode);
    f = this.fc2.call(this.relu.call(this.fc1.call(f, mode), mode), mode);
    return this.logSoftmax.call(this.norm2.call(f, mode), mode);
  }
}

const digits = join(shared, "mnist/t10k-images-idx3-ubyte.gz");
const cnn = join(models, "mnist-cnn");
test.skipIf(!existsSync(cnn) || !existsSync(digits))(
  "a network for MNIST with 64-bit counters gives its reference outputs (skipped without ../shared/data/models/mnist-cnn)",
  async () => {
    const net = nn.initialize(new MnistCnn(), [1, 28, 28]);
    const stored = await readStateDict(join(cnn, "mnist-cnn.safetensors"));
    expect(stored.tensors.get("norm1.num_batches_tracked")).toMatchObject({ type: "i64" });
    await loadWeights(net, stored);
    const pixels = gunzipSync(readFileSync(digits)).subarray(16, 16 + 16 * 784);
    const x = Float32Array.from(pixels, (byte) => (byte / 255 - 0.1307) / 0.3081);
    const { "mnist-cnn.safetensors": reference } = JSON.parse(
      readFileSync(join(cnn, "reference.json"), "utf8"),
    );
    const found = await scores(net, [16, 1, 28, 28], x);
    expect(largestError(found, reference.outputOfFirst16Images)).toBeLessThan(1e-4);
  },
);

const residual = join(models, "resnet20-cifar10");
const photos = join(shared, "cifar10/test_batch.webp");
describe.skipIf(!existsSync(residual) || !existsSync(photos))(
  "a published ResNet-20 (skipped without ../shared/data/models/resnet20-cifar10)",
  () => {
    const { logitsOfFirst16Records } = existsSync(residual)
      ? JSON.parse(readFileSync(join(residual, "reference.json"), "utf8"))
      : {};

    test.each([
      ["resnet20-12fca82f.th", 2],
      ["resnet20-cifar10.safetensors", 0],
    ])("%s gives its reference outputs", async (file, notes) => {
      const { net, inputShape } = await createModel("resnet20");
      nn.initialize(net, inputShape);
      const stored = await readStateDict(join(residual, file));
      expect((await loadWeights(net, stored)).notes.length).toBe(notes);
      const found = await scores(net, [16, 3, 32, 32], await firstPhotos());
      expect(largestError(found, logitsOfFirst16Records)).toBeLessThan(1e-4);
    });
  },
);

/** The first 16 of a sprite of 100×100, normalised. */
async function firstPhotos(): Promise<Float32Array> {
  const region = { left: 0, top: 0, width: 512, height: 32 };
  const pixels = await sharp(photos).extract(region).removeAlpha().raw().toBuffer();
  const [mean, std] = [
    [0.485, 0.456, 0.406],
    [0.229, 0.224, 0.225],
  ];
  return Float32Array.from({ length: 16 * 3072 }, (_, i) => {
    const [n, c, y, x] = [i / 3072, (i / 1024) % 3, (i / 32) % 32, i % 32].map(Math.floor);
    return (pixels[(y * 512 + n * 32 + x) * 3 + c] / 255 - mean[c]) / std[c];
  });
}
