import { expect, test } from "vitest";
import { createModel } from "../models/index.ts";
import { traceNetwork } from "../nn/initialize.ts";
import { namedParameters } from "../nn/parameters.ts";
import { layerGroups } from "./layer-groups.ts";

/** Names of the parameters of each group. */
async function groupsOf(model: string): Promise<string[][]> {
  const { net, inputShape } = await createModel(model);
  traceNetwork(net, inputShape);
  const names = new Map(namedParameters(net).map(([name, parameter]) => [parameter, name]));
  return layerGroups(net).map(({ parameters }) =>
    parameters.map((parameter) => names.get(parameter) ?? ""),
  );
}

test("a vision transformer has BEiT's layers: patches, tokens and positions, each block, the head", async () => {
  const groups = await groupsOf("vit_b_16");
  const first = ["class_token", "conv_proj.bias", "conv_proj.weight", "encoder.pos_embedding"];
  expect(groups[0].toSorted()).toEqual(first);
  for (const [i, names] of groups.slice(1, 13).entries()) {
    expect(names).toContain(`encoder.layers.encoder_layer_${i}.mlp.3.weight`);
  }
  expect(groups[12]).toContain("encoder.ln.weight");
  expect(groups.slice(13)).toEqual([["heads.head.weight", "heads.head.bias"]]);
});

test("a residual network has its blocks, norms with their convolutions", async () => {
  const groups = await groupsOf("resnet18");
  expect(groups).toHaveLength(10);
  expect(groups[0]).toEqual(["conv1.weight", "bn1.weight", "bn1.bias"]);
  expect(groups.flat()).toHaveLength(62);
});

test("a last layer with more than half of all values is a block of its own", async () => {
  const groups = await groupsOf("vgg11");
  expect(groups.at(-3)).toEqual(["classifier.0.weight", "classifier.0.bias"]);
  expect(groups).toHaveLength(11);
});
