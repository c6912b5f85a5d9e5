import { expect, test } from "vitest";
import type { Tensor } from "../graph/tensor.ts";
import { createModel } from "../models/index.ts";
import * as nn from "../nn/index.ts";
import { type NetworkGraphOptions, networkGraph } from "./network-graph.ts";

/** A line for each box, with the places of those that lead to it. */
function lines(net: nn.Module, inputShape: readonly number[], options?: NetworkGraphOptions) {
  const { boxes, arrows } = networkGraph(net, inputShape, options);
  return boxes.map((box) => {
    const from = arrows.filter(({ to }) => to === box).map((arrow) => boxes.indexOf(arrow.from));
    const words = [box.count > 1 ? `${box.count} ×` : "", box.title, ...box.followedBy];
    return `${words.filter(Boolean).join(" ")} ${box.shape.join("×")} <${from}>`;
  });
}

const ofModel = async (name: string, options?: NetworkGraphOptions) => {
  const { net, inputShape } = await createModel(name);
  return lines(net, inputShape, options);
};

test("layers in a row, with what follows them at once", async () => {
  expect(await ofModel("lenet5")).toEqual([
    "input 1×32×32 <>",
    "5×5 conv, 6 relu 6×28×28 <0>",
    "2×2 max pool, /2 6×14×14 <1>",
    "5×5 conv, 16 relu 16×10×10 <2>",
    "2×2 max pool, /2 flatten 400 <3>",
    "fc, 120 relu 120 <4>",
    "fc, 84 relu 84 <5>",
    "fc, 10 10 <6>",
    "output 10 <7>",
  ]);
});

test("blocks are closed and equal ones stand in one box, as in the paper's table", async () => {
  const closed = [
    "input 3×224×224 <>",
    "7×7 conv, 64, /2 batch norm relu 64×112×112 <0>",
    "3×3 max pool, /2 64×56×56 <1>",
    "3 × bottleneck 256×56×56 <2>",
    "4 × bottleneck 512×28×28 <3>",
    "6 × bottleneck 1024×14×14 <4>",
    "3 × bottleneck 2048×7×7 <5>",
    "global avg pool 2048 <6>",
    "fc, 1000 1000 <7>",
    "output 1000 <8>",
  ];
  expect(await ofModel("resnet50")).toEqual(closed);
  expect((await ofModel("resnet50", { depth: 1 })).slice(3, 7)).toEqual([
    "sequential 256×56×56 <2>",
    "sequential 512×28×28 <3>",
    "sequential 1024×14×14 <4>",
    "sequential 2048×7×7 <5>",
  ]);
});

test("opened blocks show their branches", async () => {
  const open = await ofModel("resnet18", { depth: Number.POSITIVE_INFINITY });
  expect(open.slice(3, 6)).toEqual([
    "3×3 conv, 64 batch norm relu 64×56×56 <2>",
    "3×3 conv, 64 batch norm 64×56×56 <3>",
    "add relu 64×56×56 <2,4>",
  ]);
  expect(open.slice(9, 13)).toEqual([
    "3×3 conv, 128, /2 batch norm relu 128×28×28 <8>",
    "3×3 conv, 128 batch norm 128×28×28 <9>",
    "1×1 conv, 128, /2 batch norm 128×28×28 <8>",
    "add relu 128×28×28 <10,11>",
  ]);
});

test("ops between layers show where branches meet; others are left out; a shared layer stands twice", () => {
  const conv = nn.conv2d(4, { kernel: 3, padding: 1, groups: 4 });
  const net = nn.module("net", (x: Tensor, m) => {
    const layer = m.child("conv", () => conv);
    const once = layer.call(x, m.mode);
    const twice = layer.call(once.mul(0.5), m.mode);
    return m.child("head", () => nn.globalAvgPool2d()).call(once.add(twice), m.mode);
  });
  expect(lines(net, [4, 8, 8])).toEqual([
    "input 4×8×8 <>",
    "3×3 depthwise conv, 4 4×8×8 <0>",
    "3×3 depthwise conv, 4 4×8×8 <1>",
    "+ 4×8×8 <1,2>",
    "global avg pool 4 <3>",
    "output 4 <4>",
  ]);
});

test("auxiliary classifiers have ends of their own", async () => {
  const graph = await ofModel("googlenet");
  expect(graph.filter((line) => line.startsWith("aux"))).toHaveLength(4);
  expect(graph.filter((line) => line.includes("inception"))).toHaveLength(8);
});
