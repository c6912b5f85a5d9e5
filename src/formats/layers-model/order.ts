/** In which order the calls of a model's layers find their inputs made. */
import type { LayerNode, Source, Topology } from "./topology.ts";

export type Call = Pick<Source, "layer" | "call">;

/** The calls that lead to the outputs. `fail` is given the layer whose call is not there, or waits for itself. */
export function orderedCalls(
  { name: model, layers, outputs }: Topology,
  fail: (layer: LayerNode, fact: string) => never,
): Call[] {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const state = new Map<string, "open" | "done">();
  const order: Call[] = [];
  // A stack of our own: files may have more layers in a row than calls fit into one another.
  const waiting: Call[] = outputs.toReversed();
  for (let at = waiting.at(-1); at; at = waiting.at(-1)) {
    const { layer: name, call } = at;
    const key = `${call}/${name}`;
    const layer = byName.get(name) as LayerNode;
    if (layer.className === "InputLayer" || state.has(key)) {
      waiting.pop();
      if (state.get(key) === "open") order.push({ layer: name, call });
      state.set(key, "done");
      continue;
    }
    state.set(key, "open");
    const sources = layer.calls[call] ?? fail(layer, `its call ${call} is not there`);
    for (const source of sources.toReversed()) {
      const isOpen = state.get(`${source.call}/${source.layer}`) === "open";
      if (isOpen) fail(layer, `it waits for itself in model ${model}`);
      waiting.push(source);
    }
  }
  return order;
}
