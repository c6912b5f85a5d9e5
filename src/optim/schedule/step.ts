/** γ^⌊t/size⌋: PyTorch's StepLR; `size` in steps, or as a share of all steps when below 1. */
import { ConvkitError } from "../../core/error.ts";
import type { Schedule } from "./schedule.ts";

export function step({ size, gamma = 0.1 }: { size: number; gamma?: number }): Schedule {
  if (!(size > 0)) throw new ConvkitError("step", `size is ${size}, expected steps or a share`);
  return (t, total) => gamma ** Math.floor(t / (size < 1 ? size * total : size));
}
