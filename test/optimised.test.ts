/**
 * V8's optimising compiler with the revectorizer takes everything that we emit. It runs late and in the
 * background, so ordinary tests end before it begins, and a fault in it ends the process of the user.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("all samples, gradients and training steps compile optimised and revectorized", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    // Optimised at once, all functions; inlining needs the feedback of the baseline compiler.
    "--no-liftoff",
    "--no-wasm-lazy-compilation",
    "--no-wasm-inlining",
    "--conditions=convkit-source",
    join(import.meta.dirname, "compile-optimised.ts"),
  ]);
  expect(Number.parseInt(stdout, 10)).toBeGreaterThan(1000);
}, 180_000);
