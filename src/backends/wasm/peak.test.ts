import { expect, test } from "vitest";
import type { Graph } from "../../graph/node.ts";
import { createModel } from "../../models/index.ts";
import { initialize, traceNetwork } from "../../nn/initialize.ts";
import { adamW } from "../../optim/adam.ts";
import { stepMemory } from "../../train/step-memory.ts";
import { peakMemory } from "./peak.ts";
import { compileProgram } from "./program.ts";

/** What the program itself asks for. */
function arenaOf(graph: Graph): number {
  return compileProgram(graph, {
    memory: { shared: false, is64: true, initialPages: 1, maximumPages: 2 ** 32 },
    threads: 1,
    relaxed: true,
    tileVectors: 4,
    allocate: () => 1024,
    stateAddress: () => 0,
    emitBarrier: (writer) => writer.func(undefined, ["i32"], [], () => []),
  }).arenaBytes;
}

test.each([
  ["lenet5", 1],
  ["lenet5", 40],
  ["resnet20", 1],
])(
  "%s, batch %i: predictions and training steps are planned as they are compiled",
  async (name, batch) => {
    const { net, inputShape } = await createModel(name);
    initialize(net, inputShape);
    const { builder, output } = traceNetwork(net, inputShape, { batch });
    const { graph } = stepMemory(net, inputShape, { batch, optimizer: adamW() });
    for (const planned of [builder.build([output]), graph]) {
      const { arenaBytes, stateBytes, totalBytes } = peakMemory(planned);
      expect(arenaBytes).toBe(arenaOf(planned));
      expect(totalBytes).toBe(arenaBytes + stateBytes);
    }
  },
);
