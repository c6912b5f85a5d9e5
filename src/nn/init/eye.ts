/** The identity matrix, as much of it as the shape holds: W[i, j] = 1 where i = j, else 0. */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { InitSpec } from "./init-spec.ts";
import type { Init } from "./initializer.ts";

export const eye = (): Init => (shape) => {
  if (shape.length !== 2) {
    throw new ConvkitError("eye", `got ${formatShape(shape)} — give a matrix, or use dirac`);
  }
  const [rows, columns] = shape;
  return Float64Array.from({ length: rows * columns }, (_, at) =>
    Number(Math.floor(at / columns) === at % columns),
  );
};

export const eyeSpec: InitSpec = {
  name: "eye",
  formula: "W[i, j] = 1 where i = j, else 0",
  shapes: "O×I",
  source: "elementary",
  torch: "nn.init.eye_",
  samples: [
    {
      init: /* @__PURE__ */ eye(),
      shape: [3, 5],
      mean: 1 / 5,
      std: Math.sqrt((1 / 5) * (4 / 5)),
      low: 0,
      high: 1,
    },
  ],
};
