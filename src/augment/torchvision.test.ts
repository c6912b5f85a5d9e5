/** Every transform with fixed parameters gives torchvision's bytes (golden/make_torchvision.py). */
import { expect, test } from "vitest";
import type { Image } from "../image/image.ts";
import { displace } from "./elastic-transform.ts";
import golden from "./golden/torchvision.json" with { type: "json" };
import { shorterSide } from "./resize.ts";
import { smooth } from "./smooth.ts";
import { kinds, type TransformName } from "./table.ts";
import type { TransformKind } from "./transform.ts";

interface Stored {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: string;
}

interface Case extends Stored {
  readonly transform: TransformName;
  readonly options: object;
  readonly parameters: unknown;
  readonly picture: keyof typeof golden.pictures;
  /** The share of bytes that must be equal where sums differ in their rounding; the rest is 1 off at most. */
  readonly equal?: number;
}

const imageOf = ({ height, width, channels, data }: Stored): Image => ({
  ...{ height, width, channels: channels as 1 | 3 },
  data: Uint8Array.from(atob(data), (c) => c.charCodeAt(0)),
});

test.each(golden.cases as readonly Case[])(
  "$transform $options $parameters, $picture",
  async ({ transform, options, parameters, picture, equal, ...stored }) => {
    const kind = (await kinds[transform]()) as TransformKind;
    const image = imageOf(golden.pictures[picture]);
    const before = image.data.slice();
    const made = kind.make(options).apply({ image }, parameters).image;
    expectBytes(made, imageOf(stored), equal);
    expect(image.data).toEqual(before);
  },
);

/** Equal bytes, or a share of them, the rest being 1 off. */
function expectBytes(made: Image, expected: Image, equal?: number): void {
  expect({ ...made, data: 0 }).toEqual({ ...expected, data: 0 });
  if (equal === undefined) {
    expect(made.data).toEqual(expected.data);
    return;
  }
  const differences = made.data.map((byte, i) => Math.abs(byte - expected.data[i]));
  const same = differences.filter((difference) => difference === 0).length;
  expect(Math.max(...differences)).toBeLessThanOrEqual(1);
  expect(same / differences.length).toBeGreaterThanOrEqual(equal);
}

test.each(golden.elastic)("elastic $interpolation, $picture", (entry) => {
  const image = imageOf(golden.pictures[entry.picture as Case["picture"]]);
  const { height, width } = image;
  const shifts = {
    height,
    width,
    dx: Float32Array.from(entry.dx),
    dy: Float32Array.from(entry.dy),
  };
  const interpolation = entry.interpolation as "nearest" | "bilinear";
  const made = displace({ image }, shifts, { interpolation, fill: 60 });
  expectBytes(made.image, imageOf(entry), 0.99);
});

test("smooths planes as torchvision does", () => {
  const { height, width, plane, smoothed } = golden.smooth;
  const made = smooth(Float32Array.from(plane), { height, width, channels: 1 }, [9, 9], 1);
  for (const [i, value] of smoothed.entries()) expect(made[i]).toBeCloseTo(value, 5);
});

test("the shorter side tells the longer one", () => {
  for (const { from, size, maxSize, to } of golden.sizes) {
    const [height, width] = from;
    const made = shorterSide({ height, width }, size, maxSize ?? undefined);
    expect([made.height, made.width]).toEqual(to);
  }
});
