/**
 * Compiles every sample of ops and layers with its gradients, and whole training steps, with V8's optimising compiler and its
 * revectorizer at once. Run by optimised.test.ts in a process of its own, since a fault of the compiler ends
 * the process: `node --no-liftoff --no-wasm-lazy-compilation … compile-optimised.ts`.
 */
import { setFlagsFromString } from "node:v8";
import { grad } from "../src/autodiff/grad.ts";
import { compileProgram } from "../src/backends/wasm/program.ts";
import { emitBarrier } from "../src/backends/wasm/threads-barrier.ts";
import { isFloat } from "../src/core/dtype.ts";
import { Builder } from "../src/graph/builder.ts";
import type { Graph } from "../src/graph/node.ts";
import { crossEntropy } from "../src/losses/index.ts";
import { createModel } from "../src/models/index.ts";
import * as nn from "../src/nn/index.ts";
import { adam } from "../src/optim/index.ts";
import { BATCH, layerCases, makeLayer, traceLayer } from "./golden/layer-cases.ts";
import { cases, gradientGraph, isDifferentiable, ops, trace } from "./op-cases.ts";

setFlagsFromString("--experimental-wasm-revectorize");

let compiled = 0;

function compile(graph: Graph): void {
  const { bytes } = compileProgram(graph, {
    memory: { shared: true, is64: false, initialPages: 1, maximumPages: 65536 },
    threads: 2,
    relaxed: true,
    tileVectors: 4,
    allocate: () => 4096,
    stateAddress: () => 1024,
    emitBarrier,
  });
  new WebAssembly.Module(bytes);
  compiled++;
}

for (const opCase of cases) {
  for (const capacity of [undefined, 40]) {
    if (capacity !== undefined && !opCase.sample.batched) continue;
    const { builder, y } = trace(opCase, { capacity });
    compile(builder.build([y]));
    if (!isDifferentiable(opCase)) continue;
    compile(gradientGraph(trace(opCase, { capacity })).gradient);
  }
}
// Sums long enough to go on in double precision: along lanes, one a lane, of each image and over images.
for (const [shape, axes, capacity] of [
  [[5003], [0]],
  [[3000, 20], [0]],
  [[3, 2, 40, 41], [1, 2, 3], 3],
  [[40, 2, 40, 41], [1, 2, 3], 40],
  [[40, 2, 40, 41], [0, 2, 3], 40],
] as [number[], number[], number?][]) {
  const builder = new Builder(ops, capacity);
  const x = builder.input("x", { shape, dtype: "f32", batched: capacity !== undefined });
  compile(builder.build([x.sum(axes), x.exp().square().sum(axes)]));
}
for (const name of ["lenet5", "resnet20", "convnetjs-cifar"]) {
  const { net, inputShape } = await createModel(name);
  nn.initialize(net, inputShape, { seed: 0 });
  const builder = new Builder(ops, 32);
  const x = builder.input("x", { shape: [32, ...inputShape], dtype: "f32", batched: true });
  const y = builder.input("y", { shape: [32], dtype: "i32", batched: true });
  const loss = crossEntropy(net.call(x, { training: true }), y);
  adam({ lr: 1e-3 }).step(loss, nn.parameters(net));
  compile(builder.build([loss]));
}
for (const layerCase of layerCases) {
  for (const capacity of [BATCH, 40]) {
    const net = makeLayer(layerCase);
    const { builder, inputs, y } = traceLayer(net, layerCase.sample, { training: true, capacity });
    const floats = inputs.filter((x) => isFloat(x.dtype));
    const wrt = [...floats, ...nn.parameters(net).map((p) => builder.state(p))];
    compile(builder.build([y, ...(wrt.length > 0 ? grad(y.square().mean(), wrt) : [])]));
  }
}
console.log(`${compiled} programs compiled`);
