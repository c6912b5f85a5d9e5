/** The image less its Laplacian, which lifts what differs from its neighbours: k = δ − amount·laplacian. */
import { ConvkitError } from "../../core/error.ts";
import type { Kernel, KernelSpec } from "./kernel.ts";
import { type LaplacianOptions, laplacian } from "./laplacian.ts";

export interface SharpenOptions extends LaplacianOptions {
  /** 1 by default; 0 changes nothing. */
  readonly amount?: number;
}

export function sharpen({ amount = 1, ...options }: SharpenOptions = {}): Kernel {
  if (!Number.isFinite(amount)) {
    throw new ConvkitError("sharpen", `amount is ${amount}, expected a number`);
  }
  const { shape, values } = laplacian(options);
  return { shape, values: values.map((value, at) => (at === 4 ? 1 : 0) - amount * value) };
}

export const sharpenSpec: KernelSpec = {
  name: "sharpen",
  formula: "k = δ − amount·laplacian; [0 −1 0; −1 5 −1; 0 −1 0]",
  shapes: "amount, neighbours → 3×3",
  source: "Gonzalez and Woods, Digital Image Processing, section 3.6",
  torch: null,
  samples: [
    { name: "sharpen: 1", make: () => sharpen() },
    { name: "sharpen: 0.5 of 8", make: () => sharpen({ amount: 0.5, neighbours: 8 }) },
  ],
};
