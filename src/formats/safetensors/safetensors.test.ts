import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bytesSource } from "../byte-source.ts";
import {
  encodeSafetensors,
  openSafetensors,
  parseSafetensors,
  type SafeTensor,
  safeToFloat32,
  safetensorsPieces,
} from "./index.ts";

const sample: [string, SafeTensor][] = [
  ["b", { dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 255) }],
  ["10", { dtype: "F32", shape: [2, 2], data: Float32Array.of(1.5, -2, 3, 4) }],
  ["2", { dtype: "F16", shape: [2], data: Float32Array.of(0.5, -3) }],
  ["bf", { dtype: "BF16", shape: [1], data: Float32Array.of(-1.5) }],
  ["count", { dtype: "I64", shape: [], data: BigInt64Array.of(-(2n ** 40n)) }],
  ["index", { dtype: "I32", shape: [2], data: Int32Array.of(7, -7) }],
  ["wide", { dtype: "F64", shape: [1], data: Float64Array.of(Math.PI) }],
  ["flag", { dtype: "BOOL", shape: [2], data: Uint8Array.of(0, 1) }],
  ["none", { dtype: "F32", shape: [0, 4], data: new Float32Array(0) }],
];

/** A file with this header, however wrong, and so many bytes of values. */
function fileOf(header: unknown, values: number, claimed?: bigint): Uint8Array {
  const text = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + text.length + values);
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}
const f32 = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});

test("tensors, their order and the metadata come back as written", () => {
  const bytes = encodeSafetensors(sample, { classes: '["ü","b"]', kind: "x" });
  const { tensors, metadata } = parseSafetensors(bytes);
  expect([...tensors]).toEqual(sample);
  expect(metadata).toEqual({ classes: '["ü","b"]', kind: "x" });
});

test("equal tensors give equal bytes, values start at a multiple of 8", () => {
  const bytes = encodeSafetensors(sample, { a: "1" });
  expect(encodeSafetensors(new Map(sample), { a: "1" })).toEqual(bytes);
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  expect(text).toMatch(/^\{"__metadata__":\{"a":"1"\},"b":\{"dtype":"U8".*"10":.*"2":.*\} *$/);
});

test("a Node Buffer inside a larger one is read at its place", () => {
  const pool = Buffer.concat([Buffer.from("abc"), encodeSafetensors(sample)]);
  expect([...parseSafetensors(pool.subarray(3)).tensors]).toEqual(sample);
});

test("values are read when they are asked for: floats as f32, whole numbers as i32", async () => {
  const tensors: [string, SafeTensor][] = [
    ...sample.filter(([name]) => name !== "count"),
    ["short", { dtype: "I16", shape: [2], data: Int16Array.of(-300, 7) }],
    ["byte", { dtype: "I8", shape: [1], data: Int8Array.of(-5) }],
    ["long", { dtype: "I64", shape: [2], data: BigInt64Array.of(-(2n ** 31n), 5n) }],
  ];
  const bytes = encodeSafetensors(tensors, { kind: "x" });
  const stored = await openSafetensors(bytesSource(bytes, "f"));
  expect(stored).toMatchObject({ file: "f", format: "safetensors", metadata: { kind: "x" } });
  for (const [name, { dtype, shape, data }] of tensors) {
    const tensor = stored.tensors.get(name);
    expect(tensor).toMatchObject({ type: dtype.toLowerCase(), shape });
    const isFloat = /F/.test(dtype);
    expect(await tensor?.read(), name).toEqual(
      isFloat
        ? Float32Array.from(data as Float32Array)
        : Int32Array.from(data as ArrayLike<number | bigint>, Number),
    );
  }
  const large = openSafetensors(bytesSource(encodeSafetensors(sample), "f"));
  await expect((await large).tensors.get("count")?.read()).rejects.toThrow(
    "[values] f: count: value 0 is -1099511627776, beyond 32 bits",
  );
});

test("values in memory are views of the file where they are aligned", async () => {
  const bytes = encodeSafetensors([["w", { dtype: "F32", shape: [2], data: new Float32Array(2) }]]);
  const { tensors } = await openSafetensors(bytesSource(bytes, "f"));
  expect((await tensors.get("w")?.read())?.buffer).toBe(bytes.buffer);
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  const other = await openSafetensors(bytesSource(shifted.subarray(1), "f"));
  expect((await other.tensors.get("w")?.read())?.buffer).not.toBe(shifted.buffer);
});

test("what is written piece by piece is what is written at once", async () => {
  const entries = sample.map(([name, tensor]) => ({ name, ...tensor, read: () => tensor.data }));
  const pieces = await Array.fromAsync(safetensorsPieces(entries, { a: "1" }));
  expect(pieces.length).toBe(1 + sample.length);
  expect(new Uint8Array(Buffer.concat(pieces))).toEqual(encodeSafetensors(sample, { a: "1" }));
});

test("values become f32 on demand", () => {
  const { tensors } = parseSafetensors(encodeSafetensors(sample));
  expect(safeToFloat32(tensors.get("count") as SafeTensor)).toEqual(Float32Array.of(-(2 ** 40)));
  expect(safeToFloat32(tensors.get("b") as SafeTensor)).toEqual(Float32Array.of(1, 2, 255));
});

const good = encodeSafetensors([["w", { dtype: "F32", shape: [4], data: new Float32Array(4) }]]);

test.each([
  ["empty", new Uint8Array(0), /0 bytes hold no safetensors header/],
  [
    "a PNG",
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0),
    /claims a header of \d+ bytes/,
  ],
  ["a header of terabytes", fileOf({}, 0, 2n ** 43n), /claims a header of 8796093022208 bytes/],
  ["cut in the header", good.subarray(0, 30), /claims a header of \d+ bytes, the file has 30/],
  [
    "cut in the values",
    good.subarray(0, -4),
    /claims 16 bytes of values, the file holds 12: it is trunc/,
  ],
  ["too long", Uint8Array.of(...good, 0), /the file holds 17: it has bytes to spare/],
  ["no JSON", fileOf("{oops}", 0), /header is not valid JSON/],
  ["no UTF-8", fileOf({}, 0).with(8, 0xff), /header is not valid JSON/],
  ["a list", fileOf([], 0), /not a JSON object/],
  [
    "values of terabytes",
    fileOf({ w: f32(0, 2 ** 42) }, 8),
    /claims 4398046511104 bytes of values/,
  ],
  ["overlap", fileOf({ a: f32(0, 8), b: f32(4, 12) }, 12), /tensor b at bytes 4…12 overlaps/],
  ["a gap", fileOf({ a: f32(0, 4), b: f32(8, 12) }, 12), /tensor b at bytes 8…12 leaves a gap/],
  ["backwards", fileOf({ a: f32(8, 4, [1]) }, 8), /takes 4 bytes, its range 8…4 has -4/],
  ["negative", fileOf({ a: f32(-4, 0, [1]) }, 8), /tensor a has no proper dtype/],
  [
    "shape against range",
    fileOf({ a: f32(0, 8, [3]) }, 8),
    /F32 3 takes 12 bytes, its range 0…8 has 8/,
  ],
  ["a fraction", fileOf({ a: f32(0, 8, [1.5]) }, 8), /no proper dtype, shape and data_offsets/],
  ["null", fileOf({ a: null }, 0), /tensor a has no proper/],
  [
    "unknown type",
    fileOf({ a: { ...f32(0, 1, [1]), dtype: "F8_E4M3" } }, 1),
    /of type F8_E4M3, convkit/,
  ],
  ["metadata of numbers", fileOf({ __metadata__: { a: 1 } }, 0), /not a map of strings/],
])("%s is refused in one line", (_, bytes, message) => {
  expect(() => parseSafetensors(bytes, "m.safetensors")).toThrow(message);
  expect(() => parseSafetensors(bytes, "m.safetensors")).toThrow(
    /^\[safetensors\] m\.safetensors: [^\n]+ — [^\n]+$/,
  );
});

test("what would not come back is not written", () => {
  const tensor: SafeTensor = { dtype: "F32", shape: [2], data: new Float32Array(2) };
  const twice: [string, SafeTensor][] = [
    ["w", tensor],
    ["w", tensor],
  ];
  expect(() => encodeSafetensors(twice)).toThrow(/tensor w: the name is taken/);
  expect(() => encodeSafetensors([["__metadata__", tensor]])).toThrow(/name is taken/);
  expect(() => encodeSafetensors([["w", { ...tensor, shape: [3] }]])).toThrow(/3 does not fit 2/);
  expect(() => encodeSafetensors([["w", { ...tensor, dtype: "I64" }]])).toThrow(
    /cannot be written as I64/,
  );
});

const real = join(import.meta.dirname, "../../../../shared/data/models/resnet20-cifar10");
test.skipIf(!existsSync(real))(
  "reads a published ResNet-20 (skipped without ../shared/data)",
  () => {
    const { tensors } = parseSafetensors(readFileSync(join(real, "resnet20-cifar10.safetensors")));
    const sizes = [...tensors.values()].map(({ data }) => data.length);
    expect(tensors.get("conv1.weight")?.shape).toEqual([16, 3, 3, 3]);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(269_722);
  },
);
