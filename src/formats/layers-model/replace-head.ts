/**
 * Another number of classes: the last layer with weights gets as many units and initial values, which is where fine-tuning
 * begins. It is looked for from the output backwards, through layers that only shape or squash scores.
 */
import type { Topology } from "./topology.ts";
import type { Weight } from "./weights.ts";

const PASSED = [
  "Activation",
  "Softmax",
  "Flatten",
  "Reshape",
  "Dropout",
  "GlobalAveragePooling2D",
  "GlobalMaxPooling2D",
  "InputLayer",
];

/** The name of the layer; undefined where none is found. Changes `topology`'s settings and `weights`. */
export function replaceHead(
  topology: Topology,
  weights: Map<string, Weight>,
  classes: number,
): string | undefined {
  const layers = new Map(topology.layers.map((layer) => [layer.name, layer]));
  let at = topology.outputs[0];
  for (let steps = 0; steps <= layers.size; steps++) {
    const layer = layers.get(at.layer);
    if (!layer) return undefined;
    if (layer.inner) return replaceHead(layer.inner, weights, classes);
    const key = { Dense: "units", Conv2D: "filters" }[layer.className];
    if (key) {
      Object.assign(layer.config, { [key]: classes });
      for (const part of ["kernel", "bias"]) resize(weights, `${layer.name}/${part}`, classes);
      return layer.name;
    }
    const [next] = layer.calls[at.call] ?? [];
    if (!PASSED.includes(layer.className) || !next) return undefined;
    at = next;
  }
  return undefined;
}

/** The last axis counts outputs, of kernels and biases alike. */
function resize(weights: Map<string, Weight>, end: string, classes: number): void {
  for (const [name, { shape }] of weights) {
    if (name !== end && !name.endsWith(`/${end}`)) continue;
    weights.set(name, { shape: [...shape.slice(0, -1), classes], data: undefined });
  }
}
