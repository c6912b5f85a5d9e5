import { expect, test } from "vitest";
import { array, wave } from "../../../test/reference-store.ts";
import { filled, runLayer } from "../../../test/run-layer.ts";
import * as nn from "../index.ts";

const names = (net: nn.Module, shape: readonly number[]) =>
  nn.namedParameters(nn.initialize(net, shape)).map(([name]) => name);

test("parameters have paths by the names of branches, steps and shortcuts", () => {
  const conv = (out: number, kernel: number) =>
    nn.sequential({
      conv: nn.conv2d(out, { kernel, padding: "same", bias: false }),
      bn: nn.batchNorm2d(),
    });
  const block = nn.parallel({ branch1x1: conv(2, 1), branch3x3: nn.sequential(conv(3, 3)) });
  expect(names(block, [4, 6, 6])).toEqual([
    "branch1x1.conv.weight",
    "branch1x1.bn.weight",
    "branch1x1.bn.bias",
    "branch3x3.0.conv.weight",
    "branch3x3.0.bn.weight",
    "branch3x3.0.bn.bias",
  ]);
  const shortcut = nn.conv2d(5, { kernel: 1, bias: false });
  const net = nn.residual(nn.sequential(nn.prelu(), nn.linear(6, { bias: false })), {
    shortcut: nn.sequential(nn.identity(), shortcut),
    activation: nn.prelu(),
  });
  expect(
    names(nn.residual(nn.parallel([conv(2, 1), conv(3, 3)]), { shortcut }), [4, 6, 6]),
  ).toEqual([
    "body.0.conv.weight",
    "body.0.bn.weight",
    "body.0.bn.bias",
    "body.1.conv.weight",
    "body.1.bn.weight",
    "body.1.bn.bias",
    "shortcut.weight",
  ]);
  expect(net.namedChildren().map(([name]) => name)).toEqual(["body", "shortcut", "activation"]);
});

test("a residual block without a body's change is its activation", () => {
  const net = nn.residual(nn.threshold(9, 0), { activation: nn.relu() });
  const x = array([1, 3], [-1, 0, 2]);
  expect(runLayer(net, x)).toEqual({ shape: [1, 3], y: [0, 0, 2], gradient: [0, 0, 1] });
});

test("branches are joined one after the other, summed or averaged", () => {
  const x = array([2, 2], [1, -2, 3, -4]);
  const join = (options: nn.ParallelOptions) =>
    runLayer(nn.parallel([nn.identity(), nn.relu(), nn.rectification()], options), x).y;
  expect(join({})).toEqual([1, -2, 1, 0, 1, 2, 3, -4, 3, 0, 3, 4]);
  expect(join({ join: "sum" })).toEqual([3, 0, 9, 0]);
  expect(join({ join: "mean" })).toEqual([1, 0, 3, 0]);
});

test("branches draw numbers of their own", () => {
  const halves = nn.parallel([nn.dropout(), nn.dropout()]);
  const { y } = runLayer(halves, filled([1, 200], 1), { training: true });
  expect(y.slice(0, 200)).not.toEqual(y.slice(200));
});

test("unflatten undoes flatten; permute moves axes", () => {
  const x = wave([2, 3, 4, 5]);
  const there = nn.sequential(nn.flatten(1, 2), nn.unflatten(1, [3, -1]));
  expect(runLayer(there, x)).toMatchObject({ shape: [2, 3, 4, 5], y: [...x.data] });
  const turned = runLayer(nn.permute(0, 3, 1, 2), x);
  expect(turned.shape).toEqual([2, 5, 3, 4]);
  expect(turned.y[1]).toBe(x.data[5]);
});

const four = filled([2, 4, 3, 3], 1);

test.each([
  ["[flatten] axes 2 to 1 of 2×4×3×3", () => runLayer(nn.flatten(2, 1), four)],
  ["[flatten] axis 4 does not exist", () => runLayer(nn.flatten(1, 4), four)],
  [
    "[unflatten] axis 1 of 2×4×3×3 has 4 elements, which are not 3×2",
    () => runLayer(nn.unflatten(1, [3, 2]), four),
  ],
  [
    "[unflatten] axis 1 of 2×4×3×3 has 4 elements, which are not 3×-1",
    () => runLayer(nn.unflatten(1, [3, -1]), four),
  ],
  ["[transpose] axes 1,0,2,3 move the batch axis", () => runLayer(nn.permute(1, 0, 2, 3), four)],
  ["[layerScale] axis 4 does not exist", () => runLayer(nn.layerScale({ axis: 4 }), four)],
  ['[parallel] cannot join by "max"', () => nn.parallel([nn.relu()], { join: "max" as "sum" })],
  ["[parallel] has no branches", () => nn.parallel([])],
  [
    "[parallel] the sum is over branches of one shape, got 2×4×3×3, 2×4×1×1",
    () => runLayer(nn.parallel([nn.identity(), nn.maxPool2d(3)], { join: "sum" }), four),
  ],
  [
    "[concat] sizes differ outside axis 1 — 2*×4×3×3, 2*×4×1×1",
    () => runLayer(nn.parallel([nn.identity(), nn.maxPool2d(3)]), four),
  ],
  [
    "[residual] the body gives 2×4×1×1, the shortcut 2×4×3×3",
    () => runLayer(nn.residual(nn.maxPool2d(3)), four),
  ],
  ['[sequential] a layer is named "a.b"', () => nn.sequential({ "a.b": nn.relu() })],
  ["[sequential] layer 1 is function", () => nn.sequential(nn.relu(), nn.relu as never)],
  ["[sequential] layer 0 is undefined", () => nn.sequential(undefined as never)],
  ["[parallel] layer b is number", () => nn.parallel({ a: nn.relu(), b: 3 as never })],
])("%s …: refused", (message, make) => {
  expect(make).toThrow(message);
});
