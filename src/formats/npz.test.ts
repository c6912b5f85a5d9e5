import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { bytesSource } from "./byte-source.ts";
import { encodeNpy } from "./npy.ts";
import { npzPieces, openArrays, openNpz } from "./npz.ts";

const w = { type: "f4", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } as const;
const n = { type: "i8", shape: [], data: BigInt64Array.of(-7n) } as const;
const open = (bytes: Uint8Array) => openNpz(bytesSource(bytes, "f.npz"));

test("arrays by name come back, written here and packed by others", async () => {
  const pieces = npzPieces([
    { name: "a.w", read: () => w },
    { name: "n", read: async () => n },
  ]);
  const written = Buffer.concat(await Array.fromAsync(pieces));
  const packed = zipSync({ "a.w.npy": encodeNpy(w), "n.npy": encodeNpy(n), notes: strToU8("x") });
  for (const bytes of [written, packed]) {
    const { tensors } = await open(bytes);
    expect([...tensors.keys()]).toEqual(["a.w", "n"]);
    expect(tensors.get("a.w")).toMatchObject({ type: "f32", shape: [2, 3] });
    expect(await tensors.get("a.w")?.read()).toEqual(w.data);
    expect(await tensors.get("n")?.read()).toEqual(Int32Array.of(-7));
  }
  expect((await open(packed)).notes).toEqual(["f.npz: left out notes"]);
});

test("arrays of data keep their types", async () => {
  const images = { type: "u1", shape: [2, 2], data: Uint8Array.of(1, 2, 3, 255) } as const;
  const packed = zipSync({
    "images.npy": encodeNpy(images),
    "n.npy": encodeNpy(n),
    "x.txt": strToU8("x"),
  });
  const arrays = await openArrays(bytesSource(packed, "f.npz"));
  expect([...arrays.keys()]).toEqual(["images", "n"]);
  expect(arrays.get("images")?.shape).toEqual([2, 2]);
  expect((await arrays.get("images")?.read())?.data).toEqual(images.data);
  expect((await arrays.get("n")?.read())?.data).toEqual(n.data);
});

test.each([
  [
    "an array of another type",
    encodeNpy({ ...n, type: "u8", data: BigUint64Array.of(7n) }),
    /u8, no type of weights/,
  ],
  ["no array", strToU8("hello, world"), /f\.npz: x\.npy: it does not start with/],
])("%s is refused by name", async (_, bytes, message) => {
  await expect(open(zipSync({ "x.npy": bytes }))).rejects.toThrow(message);
});

test("numbers beyond 32 bits and arrays cut short are refused when they are read", async () => {
  const read = async (bytes: Uint8Array) => {
    const { tensors } = await open(zipSync({ "x.npy": bytes }));
    return tensors.get("x")?.read();
  };
  const large = encodeNpy({ ...n, data: BigInt64Array.of(2n ** 40n) });
  await expect(read(large)).rejects.toThrow(
    "f.npz: x.npy: value 0 is 1099511627776, beyond 32 bits",
  );
  await expect(read(encodeNpy(w).subarray(0, -1))).rejects.toThrow(/the file holds 23/);
});
