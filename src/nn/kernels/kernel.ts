/**
 * Fixed kernels: small tables of numbers that are correlated with an image (not turned, as networks and OpenCV do it).
 * They are weights for `filter2d`, first values for a convolution that is trained, and filters for pictures.
 */
import type { CatalogEntry } from "../../core/catalog.ts";
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import type { Init } from "../init/initializer.ts";

export interface Kernel {
  readonly shape: readonly [rows: number, columns: number];
  /** Row by row. */
  readonly values: readonly number[];
}

/** What a kernel's file says of it; tests compare each sample with the golden numbers of that name. */
export interface KernelSpec extends CatalogEntry {
  readonly samples: readonly { readonly name: string; readonly make: () => Kernel }[];
}

/** The element at row i and column j, counted from the middle, is f(i, j): half numbers where a size is even. */
export function kernelOf(
  [rows, columns]: readonly [number, number],
  f: (i: number, j: number) => number,
): Kernel {
  const values: number[] = [];
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) values.push(f(i - (rows - 1) / 2, j - (columns - 1) / 2));
  return { shape: [rows, columns], values };
}

/** column[i]·row[j]. */
export const outerProduct = (column: readonly number[], row: readonly number[]): Kernel => ({
  shape: [column.length, row.length],
  values: column.flatMap((a) => row.map((b) => a * b)),
});

/** Scaled so that the elements sum to 1: the mean brightness stays. */
export function normalized({ shape, values }: Kernel): Kernel {
  const sum = values.reduce((a, b) => a + b, 0);
  return { shape, values: values.map((value) => value / sum) };
}

/** A given size, or whole numbers of at least 1 for rows and columns; else an error. */
export function checkSize(where: string, size: readonly number[]): void {
  if (size.length === 2 && size.every((n) => Number.isInteger(n) && n >= 1)) return;
  throw new ConvkitError(
    where,
    `size is ${formatShape(size)}, expected a whole number of at least 1, or [rows, columns]`,
  );
}

/** A kernel of one's own has as many numbers as its shape says; else an error. */
export function checkKernel(where: string, kernel: Kernel): void {
  const { shape, values } = kernel;
  const whole = shape?.length === 2 && shape.every((n) => Number.isInteger(n) && n >= 1);
  if (whole && values?.length === shape[0] * shape[1]) return;
  throw new ConvkitError(
    where,
    `a kernel of ${values?.length} values and shape ${shape && formatShape(shape)} — give ` +
      "{ shape: [rows, columns], values } with rows·columns values, or one of nn.kernels",
  );
}

export function checkPositive(where: string, numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (value > 0 && Number.isFinite(value)) continue;
    throw new ConvkitError(where, `${name} is ${value}, expected a number above 0`);
  }
}

/**
 * First values of a convolution's weights O×I×kH×kW: output o begins with `kernels[o mod n]`, applied to the mean of
 * its I inputs (1 in a depthwise convolution). `conv2d(2, { kernel: 3, weightInit: kernelInit(sobel("x"), sobel("y")) })`.
 */
export const kernelInit =
  (...kernels: readonly Kernel[]): Init =>
  (shape) => {
    const [outputs, inputs, ...size] = shape;
    const other = kernels.find((kernel) => formatShape(kernel.shape) !== formatShape(size));
    if (other || kernels.length === 0) {
      const found = other ? `a kernel of ${formatShape(other.shape)}` : "no kernel";
      throw new ConvkitError(
        "kernelInit",
        `${found} for weights ${formatShape(shape)}, expected ${formatShape(size)}`,
      );
    }
    return Array.from({ length: outputs }, (_, o) => {
      const values = kernels[o % kernels.length].values.map((value) => value / inputs);
      return Array.from({ length: inputs }, () => values);
    }).flat(2);
  };
