/**
 * Writes every sample of every op that PyTorch also has, with drawn inputs and a drawn cotangent of the result, as
 * one safetensors file for make_ops.py. All values are exact in f32.
 */
import { writeFileSync } from "node:fs";
import { isFloat } from "../../src/core/dtype.ts";
import { Random } from "../../src/core/random.ts";
import { encodeSafetensors, type SafeTensor } from "../../src/formats/safetensors/index.ts";
import { cases, meanings, type OpCase, trace } from "../op-cases.ts";
import { asTensor } from "./golden-file.ts";
import type { GoldenHeader } from "./op-goldens.ts";

/** What stands in the file's metadata for one case; the tensors are `<number>/x0`, `<number>/x1`, … and `<number>/ct`. */
type SampleHeader = GoldenHeader & { readonly torch: string };

export function exportOps(path: string): void {
  const tensors: [string, SafeTensor][] = [];
  const headers: SampleHeader[] = [];
  for (const opCase of cases) {
    const torch = meanings[opCase.op.name].torch;
    if (torch === undefined) continue;
    const { header, y } = describe(opCase);
    const number = headers.push({ ...header, torch }) - 1;
    opCase.inputs.forEach((x, i) => {
      tensors.push([`${number}/x${i}`, asTensor(x, isFloat(header.inputs[i].dtype))]);
    });
    if (!isFloat(y.dtype)) continue;
    const random = new Random(0, `cotangent of ${opCase.title}`);
    const data = Float64Array.from({ length: y.size }, () => random.uniformRange(-1, 1));
    tensors.push([`${number}/ct`, asTensor({ shape: y.shape, data }, true)]);
  }
  writeFileSync(path, encodeSafetensors(tensors, { cases: JSON.stringify(headers) }));
}

function describe(opCase: OpCase) {
  const { y } = trace(opCase);
  const inputs = y.node.inputs.map(({ dtype, batched }) => ({ dtype, batched }));
  const { op, sample } = opCase;
  return { y, header: { op: op.name, sample: sample.name, attrs: y.node.attrs, inputs } };
}
