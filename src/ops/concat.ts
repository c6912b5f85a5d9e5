/** The inputs one after the other along an axis, the last one if left out. */
import { ConvkitError } from "../core/error.ts";
import { normalizeAxis, type Shape, sizeOf } from "../core/shape.ts";
import type { Element } from "../graph/lower.ts";
import { formatType } from "./broadcast.ts";
import type { Op, Oracle } from "./op.ts";
import { checkSameDType } from "./pointwise.ts";

export type ConcatAttrs = { readonly axis: number };

/** Where each input begins along the axis, and where the last one ends. */
function startsOf(inputs: readonly { readonly shape: Shape }[], axis: number): number[] {
  const starts = [0];
  for (const { shape } of inputs) starts.push(starts[starts.length - 1] + shape[axis]);
  return starts;
}

export const concat: Op<ConcatAttrs, number> = {
  name: "concat",
  normalize: ({ axis = -1 }, inputs) => {
    if (inputs.length === 0) throw new ConvkitError("concat", "needs at least one tensor");
    return { axis: normalizeAxis("concat", axis, inputs[0].shape.length) };
  },
  infer: (inputs, { axis }) => {
    checkSameDType("concat", inputs);
    const [first] = inputs;
    const named = inputs.map(formatType).join(", ");
    for (const { shape, batched } of inputs) {
      const fits =
        shape.length === first.shape.length &&
        shape.every((dim, i) => i === axis || dim === first.shape[i]);
      if (!fits) {
        throw new ConvkitError("concat", `sizes differ outside axis ${axis} — ${named}`);
      }
      if (batched !== first.batched || (batched && axis === 0)) {
        throw new ConvkitError(
          "concat",
          `all inputs or none need the batch axis (*), and it cannot be axis ${axis} — ${named}; ` +
            "make one with broadcastTo(…, { batched: true })",
        );
      }
    }
    const shape = first.shape.map((dim, i) =>
      i === axis ? startsOf(inputs, axis)[inputs.length] : dim,
    );
    return { shape, dtype: first.dtype, batched: first.batched };
  },
  vjp: (_g, ct, inputs, { axis }) => {
    const starts = startsOf(inputs, axis);
    return inputs.map((_, i) => ct.slice(axis, starts[i], starts[i + 1]));
  },
  lower: (e, inputs, { axis }, index, out) => {
    const starts = startsOf(inputs, axis);
    const zero = e.constant(0, out.dtype);
    const within = (from: number, to: number, inside: () => Element, outside: Element): Element =>
      e.guard([{ index: index[axis], low: starts[from], high: starts[to] }], inside, outside);
    // Halves of halves, so that a thousand inputs nest ten deep.
    const among = (from: number, to: number): Element => {
      if (to - from === 1) {
        const at = index.map((place, k) => (k === axis ? e.iadd(place, -starts[from]) : place));
        return inputs[from].at(...at);
      }
      const middle = (from + to) >> 1;
      const second = within(middle, to, () => among(middle, to), zero);
      return within(from, middle, () => among(from, middle), second);
    };
    return among(0, inputs.length);
  },
  flops: () => 0,
};

export const concatOracle: Oracle<ConcatAttrs> = {
  reference: (inputs, { axis }, out) => {
    const y = new Float64Array(sizeOf(out.shape));
    const outer = sizeOf(out.shape.slice(0, axis));
    let at = 0;
    for (let i = 0; i < outer; i++) {
      for (const x of inputs) {
        const run = sizeOf(x.shape.slice(axis));
        y.set(x.data.subarray(i * run, (i + 1) * run), at);
        at += run;
      }
    }
    return y;
  },
  // biome-ignore format: one case a line
  samples: [
    { name: "one", inputs: [{ shape: [2, 3] }] },
    { name: "vectors", inputs: [{ shape: [3] }, { shape: [1] }, { shape: [5] }] },
    { name: "channels", inputs: [{ shape: [2, 3, 2, 2] }, { shape: [2, 1, 2, 2] }], attrs: { axis: 1 } },
    { name: "rows", inputs: [{ shape: [2, 3] }, { shape: [4, 3] }], attrs: { axis: 0 } },
    { name: "integers", inputs: [{ shape: [2, 2], dtype: "i32", low: -9, high: 9 }, { shape: [2, 1], dtype: "i32", low: -9, high: 9 }] },
    { name: "batch of channels", inputs: [{ shape: [5, 3, 4] }, { shape: [5, 16, 4] }, { shape: [5, 1, 4] }], attrs: { axis: 1 }, batched: true },
    { name: "batch of rows", inputs: [{ shape: [17, 2] }, { shape: [17, 3] }], batched: true },
  ],
  torch: 'torch.cat(inputs, attrs["axis"])',
};
