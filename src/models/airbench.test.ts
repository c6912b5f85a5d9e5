import { expect, test } from "vitest";
import { Random } from "../core/random.ts";
import { whitening } from "../nn/init/whitening.ts";
import { initialize } from "../nn/initialize.ts";
import { namedStates, parameters } from "../nn/parameters.ts";
import { createModel } from "./index.ts";

const shape = [4, 3, 9, 10];
const random = new Random(2, "pictures");
const images = { shape, data: Float32Array.from({ length: 1080 }, () => random.normal()) };

async function made(seed: number) {
  const { net, initializeFrom } = await createModel("airbench_s");
  initialize(net, [3, 32, 32], { seed });
  initializeFrom?.(images);
  const states = new Map(namedStates(net).map(([name, { parameter }]) => [name, parameter]));
  return { net, read: (name: string) => states.get(name)?.read() ?? [] };
}

test("the first layer whitens the patches of the pictures it is given, and does not learn", async () => {
  const { net, read } = await made(0);
  const expected = Float32Array.from(whitening(images)([32, 3, 3, 3]));
  expect(read("whiten.weight")).toEqual(expected);
  expect(parameters(net).map(({ name }) => name)).not.toContain("whiten.weight");
});

test("stages begin as identities, with further maps by the seed", async () => {
  const [{ read }, again, other] = [await made(1), await made(1), await made(2)];
  const weight = read("stages.1.conv1.weight");
  const [inputs, size] = [32, 32 * 9];
  for (let at = 0; at < inputs * size; at++) {
    const [output, input, place] = [Math.floor(at / size), Math.floor(at / 9) % inputs, at % 9];
    expect(weight[at]).toBe(output === input && place === 4 ? 1 : 0);
  }
  expect(Math.abs(weight[inputs * size])).toBeGreaterThan(0);
  expect(again.read("stages.1.conv1.weight")).toEqual(weight);
  expect(other.read("stages.1.conv1.weight")).not.toEqual(weight);
});
