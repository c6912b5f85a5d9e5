import { expect, test } from "vitest";
import { type Device, openDevice } from "../tensor/index.ts";
import { selfTest } from "./self-test.ts";

/** A device that spoils one number of the weight's gradient. */
function spoilt(device: Device, spoil: (value: number) => number): Device {
  return {
    name: device.name,
    threads: device.threads,
    allocate: (ref, initial) => device.allocate(ref, initial),
    dispose: () => device.dispose(),
    compile: async (graph, buffers) => {
      const program = await device.compile(graph, buffers);
      return {
        report: program.report,
        dispose: () => program.dispose(),
        run: async (inputs, n) => {
          const results = await program.run(inputs, n);
          const { data } = results[3]; // y, loss, and the gradients of input, weight and bias
          data[5] = spoil(data[5]);
          return results;
        },
      };
    },
  };
}

test("the reference agrees with itself", async () => {
  const found = await selfTest(await openDevice({ backend: "reference" }));
  expect(found).toMatchObject({ passed: true, error: 0, fault: null });
});

test("one wrong number, and one that is NaN, are found and named", async () => {
  const reference = await openDevice({ backend: "reference" });
  const wrong = await selfTest(spoilt(reference, (value) => 1.5 * value));
  expect(wrong.passed).toBe(false);
  expect(wrong.fault).toMatch(/^weight of /);
  const nan = await selfTest(spoilt(reference, () => Number.NaN));
  expect(nan.passed).toBe(false);
  expect(nan.fault).toMatch(/^weight of /);
});
