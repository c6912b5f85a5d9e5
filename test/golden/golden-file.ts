/** What all golden files share: cases with named arrays, and a sum that tells whether they are of today's samples. */
import { readFileSync } from "node:fs";
import { parseSafetensors, type SafeTensor } from "../../src/formats/safetensors/index.ts";
import type { RefArray } from "../../src/graph/op.ts";

/** Arrays of a case by name: in the file, case 3 has `3/x0`, `3/y`, …. */
export type Arrays = ReadonlyMap<string, RefArray>;

/** The cases of a file made by a golden script, each with what the script says of it. */
export function loadCases<Header>(path: string): (Header & { readonly arrays: Arrays })[] {
  const { tensors, metadata } = parseSafetensors(readFileSync(path), path);
  const cases = (JSON.parse(metadata.cases) as Header[]).map((header) => ({
    ...header,
    arrays: new Map<string, RefArray>(),
  }));
  for (const [name, { shape, data }] of tensors) {
    const slash = name.indexOf("/");
    const array = { shape, data: Float64Array.from(data, Number) };
    cases[Number(name.slice(0, slash))].arrays.set(name.slice(slash + 1), array);
  }
  return cases;
}

/** Single precision or 32-bit integers: what samples are drawn in. */
export const asTensor = ({ shape, data }: RefArray, isReal: boolean): SafeTensor =>
  isReal
    ? { dtype: "F32", shape, data: Float32Array.from(data) }
    : { dtype: "I32", shape, data: Int32Array.from(data) };

/** The sum of all that was drawn: other draws, other golden numbers. */
export const digestOf = (values: readonly RefArray[]): number =>
  values.reduce((sum, { data }) => data.reduce((s, x) => s + x, sum), 0);
