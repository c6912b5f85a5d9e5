/**
 * Makes golden files again: `npm run golden` all of them, `npm run golden -- ops activation` those named. Tests read the
 * committed files. Each is written by the Python script beside it, `make_<name>.py`, from samples where there are any;
 * CONTRIBUTING.md says what the scripts need. `--python PATH` where that Python is not Debian's.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, extname, join } from "node:path";
import { parseArgs } from "node:util";
import { layerFamilies } from "../../src/nn/catalog.ts";
import { exportLayers } from "./export-layers.ts";
import { exportMetrics } from "./export-metrics.ts";
import { exportOps } from "./export-ops.ts";
import { exportOptim } from "./export-optim.ts";
import { exportLosses } from "./losses.ts";

interface Golden {
  readonly path: string;
  /** Beside the file, `make_<name>.py` by default. */
  readonly script?: string;
  /** Writes the samples for the script. */
  readonly samples?: (path: string) => void;
}

/** Architectures, each with a script of its own in `models/`. */
const modelFiles = readdirSync(join(import.meta.dirname, "models"))
  .filter((file) => file.endsWith(".py") && file !== "zoo.py")
  .map((file) => file.slice(0, -3).replaceAll("_", "-"));

const goldens: readonly Golden[] = [
  { path: "test/golden/ops.safetensors", samples: exportOps },
  { path: "test/golden/losses.safetensors", samples: exportLosses },
  ...layerFamilies.map((family) => ({
    path: `test/golden/layers/${family.folder}.safetensors`,
    script: "test/golden/make_layers.py",
    samples: (path: string) => exportLayers(family, path),
  })),
  { path: "src/nn/golden/network.json" },
  { path: "src/nn/kernels/golden/kernels.json" },
  { path: "src/nn/normalization/golden/normed-weights.json" },
  { path: "src/nn/resampling/golden/pyramid.json" },
  { path: "src/optim/golden/optim.safetensors", samples: exportOptim },
  { path: "src/metrics/golden/metrics.json", samples: exportMetrics },
  { path: "src/models/golden/models.json" },
  { path: "test/golden/zoo-settings.json" },
  { path: "test/golden/photo-predictions.json" },
  ...modelFiles.map((name) => ({
    path: `test/golden/models/${name}.json`,
    script: "test/golden/make_models.py",
  })),
  { path: "src/image/golden/formats.json" },
  { path: "src/image/golden/masks.json" },
  { path: "src/augment/golden/degradations.json" },
  { path: "src/augment/golden/policies.json" },
  { path: "src/augment/golden/torchvision.json" },
  { path: "src/image/golden/opencv.json" },
  { path: "src/image/golden/photos.json" },
  { path: "src/image/golden/pillow.json" },
  { path: "src/image/representation/golden/representation.json" },
  { path: "src/formats/golden/npy.json" },
  { path: "src/formats/golden/pytorch.json" },
  { path: "src/formats/mat/golden/mat.json" },
  { path: "src/formats/tar/golden/tar.json" },
  { path: "src/formats/onnx/golden/torch-exports.json" },
  { path: "src/train/transfer/golden/transfer.json" },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { python: { type: "string", default: "/usr/bin/python3" } },
});
const root = join(import.meta.dirname, "../..");
const nameOf = ({ path }: Golden) => basename(path, extname(path));

const unknown = positionals.filter((name) => !goldens.some((golden) => nameOf(golden) === name));
if (unknown.length > 0) {
  const known = goldens.map(nameOf).join(", ");
  console.error(`There is no golden file ${unknown.join(", ")}; there are ${known}.`);
  process.exit(2);
}

const env = {
  ...process.env,
  PYTHONPATH: import.meta.dirname,
  PYTHONDONTWRITEBYTECODE: "1",
  PYTHONWARNINGS: "ignore",
  // So that sums have one order, and a second run gives the same bits.
  OMP_NUM_THREADS: "1",
};
const folder = mkdtempSync(join(tmpdir(), "convkit-golden-"));
try {
  for (const golden of goldens) {
    const name = nameOf(golden);
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const { path, samples } = golden;
    const script = golden.script ?? join(dirname(path), `make_${name.replaceAll("-", "_")}.py`);
    const given = join(folder, name);
    samples?.(given);
    const args = [join(root, script), ...(samples ? [given] : []), join(root, path)];
    execFileSync(values.python, args, { stdio: "inherit", env });
    console.log(path);
  }
} finally {
  rmSync(folder, { recursive: true });
}
