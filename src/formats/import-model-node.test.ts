import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importModel } from "./import-model-node.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "convkit-model-"));
});
afterAll(() => rm(root, { recursive: true }));

/** A dense layer of two inputs and one unit, whose values lie in `shard`. */
const model = (shard: string): string =>
  JSON.stringify({
    modelTopology: {
      class_name: "Sequential",
      config: [
        { class_name: "Dense", config: { name: "d", units: 1, batch_input_shape: [null, 2] } },
      ],
    },
    weightsManifest: [
      {
        paths: [shard],
        weights: [
          { name: "d/kernel", shape: [2, 1], dtype: "float32" },
          { name: "d/bias", shape: [1], dtype: "float32" },
        ],
      },
    ],
  });

/** A folder with this model. */
async function folderOf(name: string, shard: string): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "model.json"), model(shard));
  return folder;
}

test("values beside the model and in folders there are read, through links, too", async () => {
  const folder = await folderOf("inside", "sub/link.bin");
  await mkdir(join(folder, "sub"));
  await writeFile(join(folder, "real.bin"), new Uint8Array(12));
  await symlink("../real.bin", join(folder, "sub/link.bin"));
  await expect(importModel(join(folder, "model.json"))).resolves.toHaveProperty("net");
  const stored = await folderOf("blobs", "w.bin");
  await writeFile(join(stored, "w1"), new Uint8Array(12));
  await mkdir(join(root, "snapshot"));
  await symlink("../blobs/model.json", join(root, "snapshot/model.json"));
  await symlink("../blobs/w1", join(root, "snapshot/w.bin"));
  await expect(importModel(join(root, "snapshot/model.json"))).resolves.toHaveProperty("net");
});

test("values outside of the model's folder are refused, whatever leads there", async () => {
  await writeFile(join(root, "secret.bin"), new Uint8Array(12));
  const linked = await folderOf("linked", "w.bin");
  await symlink("../secret.bin", join(linked, "w.bin"));
  const through = await folderOf("through", "sub/secret.bin");
  await symlink("..", join(through, "sub"));
  const plain = await folderOf("plain", "../secret.bin");
  for (const folder of [linked, through, plain]) {
    await expect(importModel(join(folder, "model.json"))).rejects.toThrow(
      /^\[model\] [^\n]+model\.json: names the file [^\n]+, which is not in its folder — [^\n]+$/,
    );
  }
});

test("a file that is missing is named", async () => {
  const folder = await folderOf("missing", "w.bin");
  await expect(importModel(join(folder, "model.json"))).rejects.toThrow(/w\.bin: no such file/);
});
