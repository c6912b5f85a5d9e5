import { expect, test } from "vitest";
import { fromBase64 } from "../base64.ts";
import golden from "./golden/mat.json" with { type: "json" };
import { readMat } from "./read-mat.ts";

const plain = fromBase64(golden.plain);
const packed = fromBase64(golden.packed);

test.each([
  ["plain", plain],
  ["packed", packed],
])("the arrays of a %s file are SciPy's", async (_, bytes) => {
  const arrays = await readMat(bytes, "f.mat");
  // Text, cells and complex numbers are left out.
  expect([...arrays.keys()].sort()).toEqual(Object.keys(golden.arrays).sort());
  for (const [name, { shape, data }] of Object.entries(golden.arrays)) {
    const read = arrays.get(name);
    expect(read?.shape).toEqual(shape);
    expect(Array.from(read?.data ?? [], Number)).toEqual(data);
  }
  expect(arrays.get("X")?.data).toBeInstanceOf(Uint8Array);
});

test("numbers of the other byte order", async () => {
  const arrays = await readMat(fromBase64(golden.bigEndian), "f.mat");
  expect(arrays.get("values")).toEqual({ shape: [1, 3], data: Float64Array.of(1.5, -2, 1e300) });
});

/** The plain file with a 32-bit number put at a place. */
function forged(at: number, value: number): Uint8Array {
  const out = Uint8Array.from(plain);
  new DataView(out.buffer).setUint32(at, value, true);
  return out;
}
const text = (start: string) => new TextEncoder().encode(start.padEnd(200));

// The first array's tags: matrix at 128, flags at 136, sizes at 152.
test.each([
  ["another file", text("\x89PNG"), /does not start as a MAT file of level 5/],
  ["an empty file", new Uint8Array(0), /does not start as a MAT file/],
  ["version 7.3", text("MATLAB 7.3 MAT-file"), /is version 7.3 \(HDF5\), .* "-v7"\)/],
  ["a cut file", plain.subarray(0, 250), /claims 128 bytes at byte 128, 114 are there/],
  ["a cut tag", plain.subarray(0, 132), /ends inside the tag at byte 128/],
  ["a length past the end", forged(132, 1e9), /claims 1000000000 bytes at byte 128/],
  ["no flags", forged(136, 5), /an array has no flags/],
  ["no sizes", forged(152, 9), /an array has no size/],
  ["a size that is not there", forged(160, 999), /X claims 999×2×3×4 and has 72 values/],
  ["a size below zero", forged(160, -3 >>> 0), /X claims -3×2×3×4/],
  ["damaged packed data", packed.with(150, 0x55), /damaged zlib data|f\.mat:/],
])("%s is refused", async (_, bytes, message) => {
  await expect(readMat(bytes, "f.mat")).rejects.toThrow(message);
  await expect(readMat(bytes, "f.mat")).rejects.toThrow(/^\[\w+\] f\.mat: [^\n]+$/);
});
