/** Normalisations that are ops of their own. */
import type { LayerNormAttrs } from "../../../ops/layer-norm.ts";
import { float, int } from "./emission.ts";
import { attrsOf, type Exporter } from "./exporter.ts";

const layerNorm: Exporter = (e, node, inputs) =>
  e.emit("LayerNormalization", inputs, {
    axis: int(-node.inputs[1].shape.length),
    epsilon: float(attrsOf<LayerNormAttrs>(node).eps),
  });

export const normalization = { layerNorm } as const satisfies Record<string, Exporter>;
