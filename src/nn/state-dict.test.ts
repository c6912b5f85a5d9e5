import { expect, test } from "vitest";
import * as nn from "./index.ts";

const make = () => nn.initialize(nn.sequential(nn.linear(2), nn.batchNorm1d()), [3]);

test("order and names are PyTorch's", () => {
  expect([...nn.stateDict(make())].map(([name, { dtype }]) => `${name} ${dtype}`)).toEqual([
    "0.weight f32",
    "0.bias f32",
    "1.weight f32",
    "1.bias f32",
    "1.running_mean f32",
    "1.running_var f32",
    "1.num_batches_tracked i32",
  ]);
});

test("loads 64-bit counters, and files without them", () => {
  const net = make();
  const values = new Map<string, nn.StateValue>(nn.stateDict(make()));
  values.set("1.num_batches_tracked", { shape: [], data: BigInt64Array.of(70n) });
  nn.loadStateDict(net, values);
  expect(nn.stateDict(net).get("1.num_batches_tracked")?.data[0]).toBe(70);
  values.delete("1.num_batches_tracked");
  expect(nn.loadStateDict(net, values)).toEqual({ missing: [], unexpected: [] });
});

test("misspelt names are pointed out, and nothing is written", () => {
  const net = make();
  const before = nn.stateDict(net);
  const values = new Map<string, nn.StateValue>(nn.stateDict(make()));
  values.set("0.wieght", { shape: [2, 3], data: new Float32Array(6) });
  values.delete("0.weight");
  values.set("0.bias", { shape: [2], data: [7, 7] });
  expect(() => nn.loadStateDict(net, values)).toThrow(
    "[loadStateDict] the file lacks 0.weight (it has 0.wieght) and has 0.wieght",
  );
  expect(nn.stateDict(net)).toEqual(before);
  expect(nn.loadStateDict(net, values, { strict: false })).toEqual({
    missing: ["0.weight"],
    unexpected: ["0.wieght"],
  });
  expect(nn.stateDict(net).get("0.bias")?.data).toEqual(Float32Array.of(7, 7));
});

test("other shapes are refused by name, before anything is written", () => {
  const net = make();
  const values = new Map<string, nn.StateValue>(nn.stateDict(make()));
  values.set("0.weight", { shape: [2, 3], data: new Float32Array(6).fill(9) });
  values.set("1.weight", { shape: [3], data: [1, 2, 3] });
  const before = nn.stateDict(net);
  expect(() => nn.loadStateDict(net, values)).toThrow("1.weight is 2, the file holds 3");
  expect(nn.stateDict(net)).toEqual(before);
  expect(() => nn.loadStateDict(nn.linear(2), values)).toThrow("initialize(net, inputShape)");
});

test("the nearest name is the one with the fewest changes", () => {
  expect(nn.nearestName("lenet", ["lenet5", "resnet20", "zhang"])).toBe("lenet5");
  expect(nn.nearestName("zang", ["lenet5", "zhang"])).toBe("zhang");
  expect(nn.nearestName("transformer", ["lenet5", "zhang"])).toBeUndefined();
  expect(nn.nearestName("foo", ["nin", "vgg11"])).toBeUndefined();
});
