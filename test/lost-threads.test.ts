/** What remains of a device when one of its threads is lost: everything but the run that was under way. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const src = join(import.meta.dirname, "../src");

// A bare script: nothing but the device keeps the process alive.
const script = `
import { call, i32, if_, ModuleWriter, unreachable } from "${src}/backends/wasm/assembler.ts";
import { wasmDevice } from "${src}/backends/wasm/device.ts";
import { emitBarrier } from "${src}/backends/wasm/threads-barrier.ts";
import { compile, tensor } from "convkit";

const device = await wasmDevice({ threads: 2 });
const writer = new ModuleWriter({ memory: device.heap.memoryImport });
const barrier = emitBarrier(writer);
// One thread traps and the other waits for it.
writer.func("run", ["i32", "i32", "i32"], [], (fn) => [
  if_(i32.eqz(fn.param(0).get()), unreachable),
  call(barrier, fn.param(1).get()),
]);
const before = compile((x) => x.add(1), { device });
await before(tensor([1]));
const trap = await device.crew.load(new WebAssembly.Module(writer.bytes()));
await device.crew.run(trap, [1]).catch((error) => console.log(error.message));
await device.crew.ready(); // at once, while the old threads are ending
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
  expect(stdout).toMatch(/^\[threads\] thread 1 of 2 ended: RuntimeError: unreachable/);
  expect(stdout).toMatch(/\n6,5\n$/);
  expect(status).toBe(0);
});
