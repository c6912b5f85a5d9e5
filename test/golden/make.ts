/**
 * Makes golden files again: `npm run golden` all of them, `npm run golden -- ops activation` those named (`ops`,
 * `losses`, `optim`, or a folder of `src/nn/`). Needs Debian's python3-torch; `--python PATH` where PyTorch is elsewhere. Tests read the
 * committed files and need neither.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { layerFamilies } from "../../src/nn/catalog.ts";
import { exportLayers } from "./export-layers.ts";
import { exportOptim } from "./export-optim.ts";
import { exportSamples } from "./export-samples.ts";
import { exportLosses } from "./losses.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { python: { type: "string", default: "/usr/bin/python3" } },
});
const here = import.meta.dirname;
const wanted = (name: string) => positionals.length === 0 || positionals.includes(name);

function make(script: string, golden: string, exportTo: (path: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "convkit-golden-"));
  try {
    const samples = join(folder, "samples.safetensors");
    exportTo(samples);
    const args = [join(here, script), samples, join(here, golden)];
    execFileSync(values.python, args, { stdio: "inherit" });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (wanted("ops")) make("make_goldens.py", "ops.safetensors", exportSamples);
if (wanted("losses")) make("make_loss_goldens.py", "losses.safetensors", exportLosses);
const optim = "../../src/optim/golden";
if (wanted("optim")) make(`${optim}/make_goldens.py`, `${optim}/goldens.safetensors`, exportOptim);
for (const family of layerFamilies) {
  const { folder } = family;
  if (!wanted(folder)) continue;
  make("make_layer_goldens.py", `layers/${folder}.safetensors`, (to) => exportLayers(family, to));
}
