/**
 * Brings ONNX Runtime, which tests run exported files in: once, before the tests, and without its install script, which
 * fetches builds for graphics cards. Offline the tests go on without it, and say so.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const folder = import.meta.dirname;

if (existsSync(join(folder, "node_modules/onnxruntime-node"))) {
  console.log("ONNX Runtime is in test/oracle/node_modules");
} else {
  const flags = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"];
  const { status } = spawnSync("npm", flags, {
    cwd: folder,
    stdio: "ignore",
    shell: process.platform === "win32",
  });
  console.log(
    status === 0
      ? "ONNX Runtime installed in test/oracle/node_modules"
      : "ONNX Runtime could not be installed (offline?): tests that need it are skipped — npm ci --ignore-scripts in test/oracle",
  );
}
