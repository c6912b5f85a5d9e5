/** Writes the samples of one family of layers, with drawn inputs, states and cotangents, for make_layers.py. */
import { writeFileSync } from "node:fs";
import { isFloat } from "../../src/core/dtype.ts";
import { Random } from "../../src/core/random.ts";
import { encodeSafetensors, type SafeTensor } from "../../src/formats/safetensors/index.ts";
import type { RefArray } from "../../src/graph/op.ts";
import type { LayerFamily } from "../../src/nn/catalog.ts";
import * as nn from "../../src/nn/index.ts";
import { asTensor, digestOf } from "./golden-file.ts";
import {
  drawLayerInputs,
  drawStates,
  type LayerCase,
  layerCases,
  makeLayer,
  traceLayer,
} from "./layer-cases.ts";

/** What stands in the metadata for one case. */
export interface LayerHeader {
  readonly title: string;
  /** See `digestOf`. */
  readonly digest: number;
}

/** Inputs, states and the cotangent of the result, in the order of the digest. */
export function drawCase(layerCase: LayerCase) {
  const net = makeLayer(layerCase);
  const { y } = traceLayer(net, layerCase.sample);
  const inputs = drawLayerInputs(layerCase);
  const states = drawStates(layerCase, net);
  const random = new Random(0, `cotangent of ${layerCase.title}`);
  const draw = () => Math.fround(random.uniformRange(-1, 1));
  const ct: RefArray = { shape: y.shape, data: Float64Array.from({ length: y.size }, draw) };
  const digest = digestOf([...inputs, ...states.values(), ct]);
  return { net, inputs, states, ct, digest };
}

export function exportLayers({ folder }: LayerFamily, path: string): void {
  const tensors: [string, SafeTensor][] = [];
  const headers = layerCases
    .filter(({ family, sample }) => family === folder && sample.torch !== undefined)
    .map((layerCase, number) => {
      const { sample, title } = layerCase;
      const { net, inputs, states, ct, digest } = drawCase(layerCase);
      const dtypes = sample.inputs.map(({ dtype = "f32" }) => dtype);
      inputs.forEach((x, i) => {
        tensors.push([`${number}/x${i}`, asTensor(x, isFloat(dtypes[i]))]);
      });
      const kinds = new Map(nn.namedStates(net));
      for (const [name, value] of states) {
        const { dtype } = (kinds.get(name) as nn.OwnState).parameter;
        tensors.push([`${number}/s/${name}`, asTensor(value, isFloat(dtype))]);
      }
      tensors.push([`${number}/ct`, asTensor(ct, true)]);
      const parameters = nn.namedParameters(net).map(([name]) => name);
      const { torch, training = false } = sample;
      return { title, digest, torch, training, dtypes, states: [...states.keys()], parameters };
    });
  writeFileSync(
    path,
    encodeSafetensors(tensors, { family: folder, cases: JSON.stringify(headers) }),
  );
}
