/**
 * Martens 2010, "Deep learning via Hessian-free optimization", section 5: in each column a share of the rows, drawn by lot, is
 * 0, the others are N(0, std²).
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { InitSpec } from "./init-spec.ts";
import type { Init } from "./initializer.ts";
import { normal } from "./normal.ts";

export const sparse =
  (sparsity: number, { std = 0.01 } = {}): Init =>
  (shape, random) => {
    if (shape.length !== 2 || !(sparsity >= 0 && sparsity <= 1)) {
      throw new ConvkitError(
        "sparse",
        `got ${formatShape(shape)} and a sparsity of ${sparsity} — give a matrix, and 0 to 1`,
      );
    }
    const [rows, columns] = shape;
    const values = Float64Array.from(normal(0, std)(shape, random));
    const zeros = Math.ceil(sparsity * rows);
    for (let column = 0; column < columns; column++) {
      const order = random.shuffle(Int32Array.from({ length: rows }, (_, row) => row));
      for (const row of order.subarray(0, zeros)) values[row * columns + column] = 0;
    }
    return values;
  };

export const sparseSpec: InitSpec = {
  name: "sparse",
  formula: "⌈s·O⌉ of each column are 0, the others N(0, std²)",
  shapes: "O×I",
  source: "Martens 2010, ICML, section 5",
  torch: "nn.init.sparse_",
  samples: [
    {
      init: /* @__PURE__ */ sparse(0.75, { std: 0.1 }),
      shape: [64, 200],
      mean: 0,
      std: 0.1 * Math.sqrt(0.25),
    },
  ],
};
