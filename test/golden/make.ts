/**
 * Makes the golden files again: `npm run golden`, or `npm run golden -- /path/to/python` where PyTorch is not
 * Debian's (python3-torch). Tests read the committed files and need neither.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportSamples } from "./export-samples.ts";

const python = process.argv[2] ?? "/usr/bin/python3";
const here = import.meta.dirname;
const folder = mkdtempSync(join(tmpdir(), "convkit-golden-"));
try {
  const samples = join(folder, "samples.safetensors");
  exportSamples(samples);
  const script = join(here, "make_goldens.py");
  execFileSync(python, [script, samples, join(here, "ops.safetensors")], { stdio: "inherit" });
} finally {
  rmSync(folder, { recursive: true });
}
