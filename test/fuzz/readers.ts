/** Every reader of files, with files to damage: those that the project makes or has, and real ones where they are there. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { bytesSource } from "../../src/formats/byte-source.ts";
import { encodeCifar, parseCifar } from "../../src/formats/cifar.ts";
import npy from "../../src/formats/golden/npy.json" with { type: "json" };
import pytorch from "../../src/formats/golden/pytorch.json" with { type: "json" };
import { gunzip, gzip } from "../../src/formats/gzip.ts";
import { encodeIdx, parseIdx, parseIdxImages, parseIdxLabels } from "../../src/formats/idx.ts";
import layers from "../../src/formats/layers-model/golden/layers.json" with { type: "json" };
import { importLayersModel } from "../../src/formats/layers-model/index.ts";
import mat from "../../src/formats/mat/golden/mat.json" with { type: "json" };
import { readMat } from "../../src/formats/mat/read-mat.ts";
import { npyToFloat32, parseNpy } from "../../src/formats/npy.ts";
import { npzPieces, openArrays, openNpz } from "../../src/formats/npz.ts";
import { exportOnnx } from "../../src/formats/onnx/export.ts";
import { importOnnx } from "../../src/formats/onnx/import.ts";
import parquet from "../../src/formats/parquet/golden/parquet.json" with { type: "json" };
import { openParquet } from "../../src/formats/parquet/open-parquet.ts";
import { openPytorch } from "../../src/formats/pytorch/open-pytorch.ts";
import {
  encodeSafetensors,
  openSafetensors,
  parseSafetensors,
} from "../../src/formats/safetensors/index.ts";
import type { StoredTensors } from "../../src/formats/stored-tensors.ts";
import { decodeImage } from "../../src/image/decode-node.ts";
import images from "../../src/image/golden/formats.json" with { type: "json" };
import { createModel } from "../../src/models/index.ts";
import { initialize } from "../../src/nn/initialize.ts";
import { namedStates } from "../../src/nn/parameters.ts";

export interface Reader {
  files(): Promise<readonly Uint8Array[]>;
  /** Reads all that is in it. */
  read(bytes: Uint8Array): unknown;
}

const shared = join(import.meta.dirname, "../../../shared/data");

/** The files that are there. */
const real = (...names: string[]): Uint8Array[] =>
  names
    .map((name) => join(shared, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    .map((path) => new Uint8Array(readFileSync(path)));

const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));

async function lenet() {
  const { net, inputShape } = await createModel("lenet5", { inputShape: [1, 32, 32] });
  return initialize(net, inputShape);
}

async function readAll(stored: Promise<StoredTensors>): Promise<void> {
  for (const tensor of (await stored).tensors.values()) await tensor.read();
}

const npyFiles = npy.npy
  .filter(({ name }) => !/[<>]u[248]|largest/.test(name))
  .map(({ file }) => fromBase64(file));

/** A model.json whose file of weights has its bytes for a name. */
const layersModels = Object.values(layers).map(({ modelTopology, weightSpecs, weights }) => {
  const weightsManifest = [{ paths: [weights], weights: weightSpecs }];
  return new TextEncoder().encode(JSON.stringify({ modelTopology, weightsManifest }));
});

/** Files of weights of the real ones. */
const shards = new Map([
  ["group1-shard1of1.bin", "models/tiny-vgg/group1-shard1of1.bin"],
  ["weights.bin", "models/mobilenetv2-0.35-tfjs/weights.bin"],
]);

export const readers: Readonly<Record<string, Reader>> = {
  image: {
    files: async () => images.files.map(({ file }) => fromBase64(file)),
    read: (bytes) => decodeImage(bytes),
  },
  safetensors: {
    files: async () => [
      encodeSafetensors(
        namedStates(await lenet()).map(([name, { parameter }]) => {
          const data = parameter.read() as Float32Array;
          return [name, { dtype: "F32", shape: parameter.shape, data }];
        }),
        { architecture: "lenet5" },
      ),
      ...real("models/mnist-cnn/mnist-cnn.safetensors"),
    ],
    async read(bytes) {
      parseSafetensors(bytes);
      await readAll(openSafetensors(bytesSource(bytes, "f")));
    },
  },
  npy: {
    files: async () => npyFiles,
    read: (bytes) => npyToFloat32(parseNpy(bytes)),
  },
  npz: {
    files: async () => {
      const entries = npyFiles.map((file, i) => ({ name: `a${i}`, read: () => parseNpy(file) }));
      const parts = await Array.fromAsync(npzPieces(entries));
      return [new Uint8Array(Buffer.concat(parts))];
    },
    async read(bytes) {
      await readAll(openNpz(bytesSource(bytes, "f")));
      for (const array of (await openArrays(bytesSource(bytes, "f"))).values()) await array.read();
    },
  },
  mat: {
    files: async () => [mat.plain, mat.packed, mat.bigEndian].map(fromBase64),
    read: (bytes) => readMat(bytes, "f"),
  },
  parquet: {
    files: async () => Object.values(parquet.files).map(fromBase64),
    async read(bytes) {
      const table = await openParquet(bytesSource(bytes, "f"));
      for await (const rows of table.groups(table.columns)) if (rows.length > 1e6) return;
    },
  },
  pytorch: {
    files: async () => [
      ...pytorch.cases.map(({ file }) => fromBase64(file)),
      ...real("models/resnet20-cifar10/resnet20-12fca82f.th"),
    ],
    read: (bytes) => readAll(openPytorch(bytesSource(bytes, "f"))),
  },
  onnx: {
    files: async () => [
      exportOnnx(await lenet(), { inputShape: [1, 32, 32] }).model,
      ...real("models/mnist-8-onnx/model.onnx", "models/super-resolution-10-onnx/model.onnx"),
      ...real("models/squeezenet1.1/squeezenet1.1-fp16.onnx"),
    ],
    read: (bytes) => importOnnx(bytes),
  },
  "layers-model": {
    files: async () => [
      ...layersModels,
      ...real("models/tiny-vgg/model.json", "models/mobilenetv2-0.35-tfjs/model.json"),
    ],
    read: (bytes) =>
      importLayersModel(bytes, {
        shard: (path) => real(shards.get(path) ?? "")[0] ?? fromBase64(path),
      }),
  },
  idx: {
    files: async () => [
      encodeIdx([3, 5, 4], new Uint8Array(60)),
      encodeIdx([2, 4, 4, 3], new Uint8Array(96)),
      encodeIdx(
        [7],
        Uint8Array.from({ length: 7 }, (_, i) => i),
      ),
    ],
    read(bytes) {
      parseIdx(bytes);
      if (bytes[3] === 1) parseIdxLabels(bytes, "f", 10);
      else parseIdxImages(bytes);
    },
  },
  cifar: {
    files: async () => [encodeCifar(new Uint8Array(3 * 3072), [1, 2, 9])],
    read: (bytes) => parseCifar(bytes),
  },
  gzip: {
    files: async () => [
      await gzip(new TextEncoder().encode("hello, hello ".repeat(999))),
      await gzip(new Uint8Array(2 ** 20)),
      ...real("mnist/t10k-labels-idx1-ubyte.gz"),
    ],
    read: (bytes) => gunzip(bytes, "f", 2 ** 24),
  },
};
