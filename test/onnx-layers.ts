/** Layers of the catalogue with drawn states, and how their inputs are described to `exportOnnx`. */
import type { ExportInput } from "../src/formats/onnx/export.ts";
import type { RefArray } from "../src/graph/op.ts";
import type { Tensor } from "../src/graph/tensor.ts";
import * as nn from "../src/nn/index.ts";
import { drawStates, type LayerCase, makeLayer } from "./golden/layer-cases.ts";

export function onnxLayer(layerCase: LayerCase): {
  readonly net: nn.Module<readonly Tensor[]>;
  readonly inputs: ExportInput[];
} {
  const net = makeLayer(layerCase) as nn.Module<readonly Tensor[]>;
  const drawn = drawStates(layerCase, net);
  for (const [name, { parameter }] of nn.namedStates(net)) {
    parameter.write((drawn.get(name) as RefArray).data);
  }
  const inputs = layerCase.sample.inputs.map(
    ({ shape, dtype = "f32", static: fixed = false }, i) => ({
      ...{ name: `x${i}`, shape, dtype },
      batched: !fixed,
    }),
  );
  return { net, inputs };
}
