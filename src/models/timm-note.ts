/** A note on files with timm's names, for architectures whose batch norms differ there: names and shapes do not show it. */
import type { MadeModel } from "./model.ts";

/** For EfficientNet and the mobile networks, whose first layer is `conv_stem` in timm. */
export const noteTimmEps =
  (model: string): NonNullable<MadeModel["adapt"]> =>
  (weights) => {
    if (!weights.tensors.has("conv_stem.weight")) return weights;
    const note =
      `${weights.file}: has timm's names; timm's models have batch norms with ε = 1e-5 (tf_ ones 1e-3, but TensorFlow's ` +
      `padding), ${model} has 1e-3: scores differ somewhat from timm's — train on before relying on them`;
    return { ...weights, notes: [...weights.notes, note] };
  };
