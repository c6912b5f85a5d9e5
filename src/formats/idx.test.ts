import { expect, test } from "vitest";
import { gunzip, gzip } from "./gzip.ts";
import { encodeIdx, parseIdx, parseIdxImages, parseIdxLabels } from "./idx.ts";

const images = encodeIdx(
  [2, 3, 5],
  Uint8Array.from({ length: 30 }, (_, i) => i),
);
const labels = encodeIdx([3], Uint8Array.of(4, 0, 9));

/** A header alone, with sizes that nothing bears out. */
function header(type: number, sizes: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * sizes.length);
  bytes.set([0, 0, type, sizes.length]);
  const view = new DataView(bytes.buffer);
  for (const [axis, size] of sizes.entries()) view.setUint32(4 + 4 * axis, size);
  return bytes;
}

test("images of any size and labels come back as written", () => {
  expect(parseIdxImages(images)).toMatchObject({ count: 2, shape: [1, 3, 5] });
  expect([...parseIdxImages(images).data.subarray(15, 18)]).toEqual([15, 16, 17]);
  expect([...parseIdxLabels(labels)]).toEqual([4, 0, 9]);
});

test("a fourth axis is the channels, first or last", () => {
  const data = Uint8Array.from({ length: 24 }, (_, i) => i);
  expect(parseIdxImages(encodeIdx([2, 3, 2, 2], data)).shape).toEqual([3, 2, 2]);
  const last = parseIdxImages(encodeIdx([2, 2, 2, 3], data));
  expect(last.shape).toEqual([3, 2, 2]);
  expect([...last.data.subarray(0, 12)]).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
});

test("bytes at any offset of a larger buffer are read", () => {
  const within = new Uint8Array(images.length + 3);
  within.set(images, 3);
  expect(parseIdx(within.subarray(3)).shape).toEqual([2, 3, 5]);
});

test.each([
  ["empty", new Uint8Array(0), /\[idx\] f: the file is empty — copy or download it again/],
  [
    "a PNG",
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47),
    /starts with 89 50 4e 47, .* — check which file/,
  ],
  ["floats", header(0x0d, [1]), /32-bit floats, convkit reads unsigned bytes/],
  ["unknown type", header(0x42, [1]), /unknown type 0x42/],
  ["no axis", header(8, []), /names no axis/],
  ["cut in the header", header(8, [2, 3, 5]).subarray(0, 9), /ends inside its header of 16 bytes/],
  [
    "truncated",
    images.subarray(0, 40),
    /claims 2×3×5 = 30 bytes, the file holds 24 — it is truncated/,
  ],
  ["too long", Uint8Array.of(...images, 7), /the file holds 31 — it has bytes to spare/],
  [
    "terabytes",
    header(8, [4e9, 4e9, 4e9]),
    /= 6\.4e\+28 bytes, the file holds 0 — it is truncated/,
  ],
])("%s is refused in one line", (_, bytes, message) => {
  expect(() => parseIdx(bytes, "f")).toThrow(message);
  expect(() => parseIdx(bytes, "f")).toThrow(/^[^\n]+$/);
});

test("swapped files and labels out of range are told", () => {
  expect(() => parseIdxImages(labels, "f")).toThrow(/f: holds labels .* two files swapped/);
  expect(() => parseIdxLabels(images, "f")).toThrow(/f: holds 2×3×5 images, labels were expected/);
  expect(() => parseIdxLabels(labels, "f", 9)).toThrow(
    "[idx] f: label 9 of item 2 is out of range, labels are 0 … 8 — check the file",
  );
  expect(() => parseIdxImages(encodeIdx([0, 3, 5], new Uint8Array(0)), "f")).toThrow(/no pixel/);
  const odd = encodeIdx([2, 2, 2, 2], new Uint8Array(16));
  expect(() => parseIdxImages(odd, "f")).toThrow(/with 1 or 3 channels/);
});

test("an array that does not fit its shape is not encoded", () => {
  expect(() => encodeIdx([2, 2], new Uint8Array(5))).toThrow(/claims 2×2 = 4 bytes/);
});

test("gzip packs and unpacks, plain bytes pass", async () => {
  expect(await gunzip(await gzip(images), "f")).toEqual(images);
  expect(await gunzip(images, "f")).toBe(images);
});

test("truncated and damaged gzip and one that unpacks without end are refused", async () => {
  const packed = await gzip(new Uint8Array(1e6));
  await expect(gunzip(packed.subarray(0, 500), "f.gz")).rejects.toThrow(
    /^\[gzip\] f\.gz: truncated or damaged gzip data \(500 bytes\) — copy or download it again$/,
  );
  const damaged = packed.slice();
  damaged.fill(255, 20, 40);
  await expect(gunzip(damaged, "f.gz")).rejects.toThrow(/truncated or damaged/);
  await expect(gunzip(packed, "f.gz", 5e5)).rejects.toThrow(/unpacks to more than 500000 bytes/);
});
