/** Programs of thousands of tensors: what nests with their number must not nest too deep. */
import { compile, type Device, Parameter, tensor } from "convkit/tensor";
import { afterAll, expect, test } from "vitest";
import { wasmDevice } from "../src/backends/wasm/device.ts";

const device: Device = await wasmDevice({ threads: 2 });
afterAll(() => device.dispose());

test("concat takes three thousand tensors of any sizes", async () => {
  const parts = Array.from({ length: 3000 }, (_, i) => {
    const values = Float32Array.from({ length: 1 + (i % 3) }, (_, k) => 10 * i + k);
    return new Parameter(`part ${i}`, [values.length], () => values);
  });
  const run = compile(
    (x) => {
      const [first, ...others] = parts.map((part) => x.builder.state(part));
      return x.builder.apply("concat", [x, first, ...others], { axis: 0 });
    },
    { device, batched: [false] },
  );
  const { data } = await run(tensor([-1, -2]));
  run.dispose();
  expect([...data]).toEqual([-1, -2, ...parts.flatMap((part) => [...part.read()])]);
});
