/**
 * How a resize weighs pixels by their distance, in pixels of the smaller picture: Pillow's filters under torchvision's names.
 * All but `nearest` are antialiased: they widen as the picture shrinks.
 *
 *   bilinear  1 − |x|                                                    |x| < 1
 *   bicubic   Keys' cubic convolution with a = −0.5                      |x| < 2   (Keys 1981, equation 4)
 *   lanczos   sinc(x) · sinc(x/3)                                        |x| < 3   (Duchon 1979)
 *   hamming   sinc(x) · (0.54 + 0.46 cos πx)                             |x| < 1
 *   box       1                                                          −½ < x ≤ ½
 */
export interface ResizeFilter {
  /** Beyond this distance a pixel has no weight. */
  readonly support: number;
  readonly weight: (x: number) => number;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

function bicubic(x: number): number {
  const a = -0.5;
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
}

/** `nearest` takes the pixel under the middle of the new one and weighs nothing. */
export const resizeFilters = {
  nearest: undefined,
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: bicubic },
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  hamming: {
    support: 1,
    weight: (x) => (Math.abs(x) < 1 ? sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x)) : 0),
  },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
} as const satisfies Readonly<Record<string, ResizeFilter | undefined>>;

export type Interpolation = keyof typeof resizeFilters;

export const isInterpolation = (name: unknown): name is Interpolation =>
  typeof name === "string" && Object.hasOwn(resizeFilters, name);
