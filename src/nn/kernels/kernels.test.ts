import { expect, test } from "vitest";
import { Random } from "../../core/random.ts";
import goldens from "./golden/kernels.json" with { type: "json" };
import * as kernels from "./index.ts";
import { kernelSpecs } from "./specs.ts";

const samples = kernelSpecs.flatMap((spec) => spec.samples);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

test("every kernel of the namespace is in the catalogue, and every sample has golden numbers", () => {
  const makers = Object.keys(kernels).filter((name) => name !== "kernelInit");
  expect(kernelSpecs.map(({ name }) => name).sort()).toEqual(makers.sort());
  expect(samples.map(({ name }) => name)).toEqual(Object.keys(goldens));
});

test.each(samples)("$name is that of OpenCV, SciPy or the formula", ({ name, make }) => {
  const { shape, values } = make();
  const golden = goldens[name as keyof typeof goldens];
  expect(shape).toEqual(golden.shape);
  const largest = Math.max(...golden.values.map(Math.abs));
  // Second differences with a step of 1e-4 are exact to a few parts in 10⁷.
  const limit = name.startsWith("laplacianOfGaussian") ? 1e-6 : 1e-11;
  values.forEach((value, i) => {
    expect(Math.abs(value - golden.values[i]) / largest).toBeLessThan(limit);
  });
});

test("blurs keep the brightness, derivatives do not see it", () => {
  const { box, binomial, gaussian, motionBlur, sharpen } = kernels;
  const keep = [
    box([3, 4]),
    binomial(6),
    gaussian({ sigma: 2 }),
    motionBlur({ length: 9, angle: 17 }),
  ];
  for (const { values } of [...keep, sharpen({ amount: 3 })])
    expect(sum(values)).toBeCloseTo(1, 12);
  const { edge, laplacian, laplacianOfGaussian, prewitt, scharr, sobel } = kernels;
  const blind = [edge(), laplacian(), laplacianOfGaussian({ sigma: 1.3 }), sobel("x"), scharr("y")];
  for (const { values } of [...blind, prewitt("y")]) expect(sum(values)).toBeCloseTo(0, 12);
});

test("motion blur along a line turns with the angle", () => {
  const { motionBlur } = kernels;
  const [across, upright] = [0, 90].map((angle) => motionBlur({ length: 5, angle }));
  expect(upright.shape).toEqual([5, 1]);
  upright.values.forEach((value, i) => {
    expect(value).toBeCloseTo(across.values[i], 12);
  });
  // Counter-clockwise: up on the right.
  const { shape, values } = motionBlur({ length: 3, angle: 45 });
  expect(shape).toEqual([3, 3]);
  expect(values[2]).toBeGreaterThan(values[0]);
});

test("a convolution begins with kernels, one an output, over the mean of its inputs", () => {
  const { kernelInit, prewitt, sobel } = kernels;
  const init = kernelInit(sobel("x"), prewitt("y"));
  const values = init([3, 2, 3, 3], new Random(0, ""));
  const halved = (kernel: kernels.Kernel) => kernel.values.map((value) => value / 2);
  const [first, second] = [halved(sobel("x")), halved(prewitt("y"))];
  expect(values).toEqual([first, first, second, second, first, first].flat());
  expect(() => init([3, 2, 5, 5], new Random(0, ""))).toThrow(
    "[kernelInit] a kernel of 3×3 for weights 3×2×5×5, expected 5×5",
  );
});

test.each([
  [() => kernels.motionBlur({ length: 9, angle: Number.NaN }), "[motionBlur] angle is NaN"],
  [() => kernels.sharpen({ amount: Number.NaN }), "[sharpen] amount is NaN"],
  [() => kernels.box(0), "[box] size is 0×0, expected a whole number of at least 1"],
  [() => kernels.binomial(2.5), "[binomial] size is 2.5×2.5"],
  [() => kernels.gaussian({}), "[gaussian] neither sigma nor size — give one of them"],
  [() => kernels.gaussian({ sigma: -1 }), "[gaussian] sigma is -1, expected a number above 0"],
  [() => kernels.motionBlur({ length: 0 }), "[motionBlur] length is 0"],
  [() => kernels.laplacian({ neighbours: 6 as 4 }), "[laplacian] neighbours is 6, expected 4 or 8"],
  [() => kernels.sobel("z" as "x"), '[sobel] direction is z, expected "x" or "y"'],
  [() => kernels.gabor({ size: 3, sigma: 1, lambda: 0 }), "[gabor] lambda is 0"],
])("refuses what makes no kernel (%#)", (make, message) => {
  expect(make).toThrow(message);
});
