/**
 * min + (1 − min)·(1 + cos(π·t/T))/2: from the base learning rate down to `min` of it (Loshchilov and Hutter
 * 2016, arXiv:1608.03983, equation 5; PyTorch's CosineAnnealingLR).
 */
import type { Schedule } from "./schedule.ts";

export const cosine =
  ({ min = 0 } = {}): Schedule =>
  (t, total) =>
    min + ((1 - min) * (1 + Math.cos((Math.PI * t) / total))) / 2;
