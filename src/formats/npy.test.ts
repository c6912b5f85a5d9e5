import { expect, test } from "vitest";
import golden from "./golden/npy.json" with { type: "json" };
import { decodeBf16, decodeF16, encodeBf16, encodeF16 } from "./half.ts";
import { encodeNpy, npyToFloat32, parseNpy } from "./npy.ts";

const bytesOf = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const f32 = Float32Array.of(1, 2, 3, 4, 5, 6);
const file = encodeNpy({ type: "f4", shape: [2, 3], data: f32 });

test.each(golden.npy)("reads $name as NumPy wrote it", ({ name, file, shape, values }) => {
  const array = parseNpy(bytesOf(file), name);
  expect(array.shape).toEqual(shape);
  expect(Array.from(array.data as Float32Array, String)).toEqual(values.map(String));
});

test("writes the bytes that np.save writes", () => {
  const written = golden.npy.filter(({ name }) => /^[<|]|scalar|empty|largest/.test(name));
  expect(written.length).toBeGreaterThan(12);
  for (const { name, file } of written) {
    if (name !== "<f2") expect(encodeNpy(parseNpy(bytesOf(file))), name).toEqual(bytesOf(file));
  }
});

test("a Node Buffer that lies inside a larger one is read at its place", () => {
  const pool = Buffer.concat([Buffer.from("abc"), Buffer.from(file)]);
  const array = parseNpy(pool.subarray(3));
  expect(array.data).toEqual(f32);
  pool.fill(0);
  expect(array.data).toEqual(f32);
});

test("every type becomes f32 on demand", () => {
  const data = BigInt64Array.of(1n, -2n);
  expect(npyToFloat32({ type: "i8", shape: [2], data })).toEqual(Float32Array.of(1, -2));
});

/** The file with its header's text changed, length kept. */
function forged(from: string, to: string): Uint8Array {
  const text = String.fromCharCode(...file);
  const at = text.indexOf(from);
  const padded = text
    .replace(from, to)
    .replace(/ *\n/, (end) => end.slice(to.length - from.length));
  expect(at).toBeGreaterThan(0);
  return Uint8Array.from(padded, (c) => c.charCodeAt(0));
}

test.each([
  [
    "empty",
    new Uint8Array(0),
    /f: the file is empty, so it is no \.npy file — save it with np\.save/,
  ],
  ["text", new TextEncoder().encode("hello, this is text"), /does not start with \\x93NUMPY/],
  ["version 9", file.with(6, 9), /version 9, versions 1 to 3 exist/],
  ["cut in the header", file.subarray(0, 40), /claims to end at byte 128, the file has 40/],
  ["cut in the values", file.subarray(0, 140), /claims 2×3 of <f4 = 24 bytes, the file holds 12/],
  ["too long", Uint8Array.of(...file, 0), /= 24 bytes, the file holds 25/],
  [
    "terabytes",
    forged("(2, 3)", "(99999999, 999999)"),
    /claims 99999999×999999 of <f4 = 39999\d+ bytes/,
  ],
  ["strings", forged("<f4", "<U4"), /type <U4, which convkit does not read — save it with/],
  ["complex", forged("<f4", "<c8"), /type <c8, which/],
  ["no shape", forged("'shape'", "'shade'"), /names no plain descr, fortran_order and shape/],
])("%s is refused in one line", (_, bytes, message) => {
  expect(() => parseNpy(bytes, "f")).toThrow(message);
  expect(() => parseNpy(bytes, "f")).toThrow(/^\[npy\] f: [^\n]+ — [^\n]+$/);
});

test("an array that does not fit its shape is not written", () => {
  expect(() => encodeNpy({ type: "f4", shape: [7], data: f32 })).toThrow(/shape 7 does not fit 6/);
});

test("16-bit floats round as PyTorch rounds them and come back exactly", () => {
  const values = new Float32Array(Uint32Array.from(golden.half.f32).buffer);
  expect([...encodeF16(values)]).toEqual(golden.half.f16);
  expect([...encodeBf16(values)]).toEqual(golden.half.bf16);
  const halves = Uint16Array.from({ length: 0x7c01 }, (_, bits) => bits);
  expect(encodeF16(decodeF16(halves))).toEqual(halves);
  const uppers = Uint16Array.from({ length: 0x7f81 }, (_, bits) => bits);
  expect(encodeBf16(decodeBf16(uppers))).toEqual(uppers);
  const nan = Float32Array.of(Number.NaN);
  expect(decodeF16(encodeF16(nan))[0]).toBeNaN();
  expect(decodeBf16(encodeBf16(nan))[0]).toBeNaN();
});
