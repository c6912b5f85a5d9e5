import { describe, expect, test } from "vitest";
import { ReferenceStore } from "../../../../test/reference-store.ts";
import { type Shape, sizeOf } from "../../../core/shape.ts";
import { Builder } from "../../../graph/builder.ts";
import { table } from "../../../ops/table.ts";
import { importOnnx } from "../import.ts";
import { encodeModel } from "../write-proto.ts";

/** A model of one node. Inputs are named after their places. */
const einsumModel = (equation: string, shapes: readonly Shape[]): Uint8Array =>
  encodeModel({
    irVersion: 8,
    opsets: [{ domain: "", version: 13 }],
    metadata: {},
    graph: {
      name: "einsum",
      nodes: [
        {
          opType: "Einsum",
          inputs: shapes.map((_, i) => `x${i}`),
          outputs: ["y"],
          attributes: [{ name: "equation", type: "string", value: equation }],
        },
      ],
      initializers: [],
      inputs: shapes.map((shape, i) => ({ name: `x${i}`, type: "float", shape })),
      outputs: [{ name: "y", type: "float", shape: [] }],
    },
  });

const valuesOf = (shape: Shape, seed: number): Float64Array =>
  Float64Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7 + seed * 5) % 11) - 5);

/** By definition: for each place of all letters, the product of the operands there is added to the result there. */
function summed(terms: readonly string[], to: string, shapes: readonly Shape[]): number[] {
  const size = new Map(terms.flatMap((term, i) => [...term].map((l, a) => [l, shapes[i][a]])));
  const order = [...new Set([...to, ...size.keys()])];
  const data = shapes.map(valuesOf);
  const result = new Array<number>(sizeOf([...to].map((l) => size.get(l) as number))).fill(0);
  const places = sizeOf(order.map((letter) => size.get(letter) as number));
  for (let place = 0; place < places; place++) {
    const at = new Map<string, number>();
    let rest = place;
    for (const letter of order) {
      at.set(letter, rest % (size.get(letter) as number));
      rest = Math.floor(rest / (size.get(letter) as number));
    }
    const flat = (labels: string) =>
      [...labels].reduce((i, l) => i * (size.get(l) as number) + (at.get(l) as number), 0);
    result[flat(to)] += terms.reduce((product, term, i) => product * data[i][flat(term)], 1);
  }
  return result;
}

/** Written out: without an ellipsis, and with an arrow. */
const cases: readonly [equation: string, terms: string, to: string, ...shapes: Shape[]][] = [
  ["ij,jk->ik", "ij,jk", "ik", [3, 4], [4, 2]],
  ["ij, jk", "ij,jk", "ik", [3, 4], [4, 2]],
  ["ba,cb", "ba,cb", "ac", [3, 4], [2, 3]],
  ["ij->ji", "ij", "ji", [3, 4]],
  ["ij->", "ij", "", [3, 4]],
  ["ijk->j", "ijk", "j", [2, 3, 4]],
  ["i,j->ij", "i,j", "ij", [3], [4]],
  ["i,i->", "i,i", "", [3], [3]],
  ["ij,ji->ij", "ij,ji", "ij", [3, 4], [4, 3]],
  ["ij,kl->ki", "ij,kl", "ki", [3, 2], [4, 2]],
  ["bij,bjk->bik", "bij,bjk", "bik", [2, 3, 4], [2, 4, 2]],
  ["bhqd,bhkd->bhqk", "bhqd,bhkd", "bhqk", [2, 2, 3, 4], [2, 2, 5, 4]],
  ["nchw,cd->ndhw", "nchw,cd", "ndhw", [2, 3, 2, 2], [3, 4]],
  ["cd,nchw->ndhw", "cd,nchw", "ndhw", [3, 4], [2, 3, 2, 2]],
  ["nchw,ndhw->ncd", "nchw,ndhw", "ncd", [2, 3, 2, 2], [2, 4, 2, 2]],
  ["...ij,...jk->...ik", "abij,abjk", "abik", [2, 3, 2, 4], [2, 3, 4, 2]],
  ["...ij,jk->k...i", "abij,jk", "kabi", [2, 3, 2, 4], [4, 2]],
  ["i...->...", "iab", "ab", [2, 3, 4]],
  ["...i,i", "abi,i", "ab", [2, 3, 4], [4]],
  ["bij,jk,bk->i", "bij,jk,bk", "i", [2, 3, 4], [4, 2], [2, 2]],
];

describe("Einsum by its definition", () => {
  test.each(cases)("%s", async (equation, terms, to, ...shapes) => {
    const expected = summed(terms.split(","), to, shapes);
    const { net } = await importOnnx(einsumModel(equation, shapes), { batched: false });
    const builder = new Builder(table);
    const inputs = shapes.map((shape, i) =>
      builder.input(`x${i}`, { shape, dtype: "f32", batched: false }),
    );
    const y = net.call(...inputs, { training: false });
    const data = shapes.map((shape, i) => ({ shape, data: valuesOf(shape, i) }));
    const [found] = new ReferenceStore().run(builder, [y], data);
    // −0 is 0.
    expect(Array.from(found, (v) => v + 0)).toEqual(expected);
  });

  test.each(cases.filter(([, terms, to]) => terms.split(",").every((t) => t[0] === to[0])))(
    "%s, of any number of examples",
    async (equation, terms, to, ...shapes) => {
      const open = shapes.map(([, ...rest]) => ["n", ...rest]) as unknown as Shape[];
      const { net } = await importOnnx(einsumModel(equation, open));
      const n = shapes[0][0];
      const builder = new Builder(table, n);
      const inputs = shapes.map((shape, i) =>
        builder.input(`x${i}`, { shape, dtype: "f32", batched: true }),
      );
      const y = net.call(...inputs, { training: false });
      const data = shapes.map((shape, i) => ({ shape, data: valuesOf(shape, i) }));
      const [found] = new ReferenceStore().run(builder, [y], data, n);
      expect(Array.from(found, (v) => v + 0)).toEqual(summed(terms.split(","), to, shapes));
    },
  );

  test.each([
    ["ii->i", [[3, 3]], /Einsum "y": "ii->i" wants diagonals/],
    ["ij->ik", [[3, 4]], /Einsum "y": "ij->ik" names an axis that no operand has/],
    ["ij,jk->ik", [[3, 4]], /Einsum "y": "ij,jk->ik" is for 2 operands, not 1/],
    ["ijk->i", [[3, 4]], /Einsum "y": "ijk->i" wants diagonals, or is for other operands/],
  ] as const)("%s is refused", async (equation, shapes, message) => {
    const bytes = einsumModel(equation, shapes);
    await expect(importOnnx(bytes, { batched: false })).rejects.toThrow(message);
  });
});
