/** What remains of a device when one of its threads is lost: everything but the run that was under way. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const src = join(import.meta.dirname, "../src");

// A bare script: nothing but the device keeps the process alive.
const script = `
import { ModuleWriter, unreachable } from "${src}/backends/wasm/assembler.ts";
import { wasmDevice } from "${src}/backends/wasm/device.ts";
import { compile, tensor } from "convkit";

const device = await wasmDevice({ threads: 2 });
const writer = new ModuleWriter({ memory: device.heap.memoryImport });
writer.func("run", ["i32", "i32", "i32"], [], () => unreachable);
const before = compile((x) => x.add(1), { device });
await before(tensor([1]));
const trap = await device.crew.load(new WebAssembly.Module(writer.bytes()));
await device.crew.run(trap, [1]).catch((error) => console.log(error.message));
const after = compile((x) => x.mul(3), { device });
console.log([...(await after(tensor([2]))).data, ...(await before(tensor([4]))).data].join());
`;

test("a script whose thread was lost goes on with new ones, and ends", () => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--conditions=convkit-source", "--input-type=module", "--eval", script],
    { encoding: "utf8", timeout: 20_000 },
  );
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^\[threads\] thread \d of 2 ended: RuntimeError: unreachable/);
  expect(stdout).toMatch(/\n6,5\n$/);
  expect(status).toBe(0);
});
