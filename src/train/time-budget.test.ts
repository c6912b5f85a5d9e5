import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TrainStep } from "./step.ts";
import type { Batches, TaskBatch } from "./tasks/task.ts";
import { stepsWithin } from "./time-budget.ts";

/** Milliseconds; only what runs moves it. */
let clock = 0;
beforeEach(() => {
  clock = 0;
  vi.spyOn(performance, "now").mockImplementation(() => clock);
});
afterEach(() => vi.restoreAllMocks());

const perEpoch = 10;

/** Steps of 100 ms in the second half of the epochs, of 40 before; the first at each size takes a second more. */
function growing() {
  const compiled = new Set<string>();
  const sizeKey = (epoch: number, epochs: number) => (2 * epoch < epochs ? "small" : "large");
  const at = async (epoch: number, epochs: number) => {
    const size = sizeKey(epoch, epochs);
    const step = {
      prepare: async () => {},
      inputs: () => [],
      run: async () => {
        clock += (size === "small" ? 40 : 100) + (compiled.has(size) ? 0 : 1000);
        compiled.add(size);
      },
    } as unknown as TrainStep<TaskBatch>;
    const batches = {
      batch: async (_epoch: number, index: number) => ({ index, n: 1 }),
      batches: async function* () {
        for (let index = 0; index < perEpoch; index++) yield { index, n: 1 };
      },
    } as unknown as Batches<TaskBatch>;
    return { step, batches };
  };
  return { at, sizeKey };
}

const evaluations = { validation: async () => 0.5, test: async () => 3 };
const common = { batchesPerEpoch: perEpoch, states: () => [], ...evaluations };

test.each([61, 301, 1001])(
  "so many steps as fit into %i s, small pictures taking less",
  async (seconds) => {
    const steps = await stepsWithin({ ...common, program: growing(), seconds });
    const left = 0.98 * seconds - clock / 1000;
    const taken = (count: number) => {
      const epochs = Math.ceil(count / perEpoch);
      const small = Math.min(count, Math.ceil(epochs / 2) * perEpoch);
      return small * 0.04 + (count - small) * 0.1 + epochs * 0.5 + 3;
    };
    expect(taken(steps)).toBeLessThanOrEqual(left);
    expect(taken(steps + 1)).toBeGreaterThan(left);
  },
);

test("timing steps takes a share of the time, and one step there is always", async () => {
  await stepsWithin({ ...common, program: growing(), seconds: 300 });
  // Two sizes for 3 s each, which a step and the slow first one may exceed.
  expect(clock).toBeLessThan(6000 + 2 * 100 + 2 * 1000);
  expect(await stepsWithin({ ...common, program: growing(), seconds: 0.1 })).toBe(1);
});
