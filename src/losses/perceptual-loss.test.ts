import { expect, test } from "vitest";
import { Builder } from "../graph/builder.ts";
import * as nn from "../nn/index.ts";
import { allOps } from "../ops/library.ts";
import { perceptualLoss, styleLoss } from "./index.ts";

const images = (builder: Builder) =>
  builder.input("x", { shape: [2, 3, 8, 8], dtype: "f32", batched: true });

const mode = { training: false };

function network() {
  const block = nn.sequential(nn.conv2d(4, { kernel: 3 }), nn.relu());
  return nn.sequential(block, nn.conv2d(5, { kernel: 3 }));
}

test("layers are named by their paths, those within blocks too, and share their parameters over both calls", () => {
  const builder = new Builder(allOps, 2);
  const net = network();
  const loss = perceptualLoss(net, { layers: { "0.1": 1, 1: 0.5 } });
  const l = loss(images(builder), images(builder), mode);
  expect(l.shape).toEqual([]);
  expect(nn.parameters(net).map(({ name }) => name)).toEqual([
    ...["0.0.weight", "0.0.bias"],
    ...["1.weight", "1.bias"],
  ]);
  expect(builder.build([l]).states).toHaveLength(4);
});

test("a network may be part of a module that is being called", () => {
  const builder = new Builder(allOps, 2);
  const whole = nn.module("Trainer", (x, m) => {
    const net = m.child("features", network);
    return styleLoss(net, { layers: { "0.0": 1 } })(x, x.mul(2), m.mode);
  });
  expect(whole.call(images(builder), mode).shape).toEqual([]);
});

test("a layer that is not there, and no layer at all, are refused", () => {
  const builder = new Builder(allOps, 2);
  const x = images(builder);
  expect(() => perceptualLoss(network(), { layers: { "0.2": 1 } })(x, x, mode)).toThrow(
    '[perceptualLoss] the network calls no layer "0.2" — it has 0, 0.0, 0.1, 1',
  );
  expect(() => styleLoss(network(), { layers: {} })(x, x, mode)).toThrow(
    "[styleLoss] has no layers to compare",
  );
});
