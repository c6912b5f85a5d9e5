import { inflateRawSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { bytesSource } from "../byte-source.ts";
import { openZip } from "./open-zip.ts";
import { zipPieces } from "./zip-pieces.ts";

const open = (bytes: Uint8Array) => openZip(bytesSource(bytes, "f.zip"));
const text = async (bytes: Promise<Uint8Array> | undefined) =>
  new TextDecoder().decode(await bytes);

const long = "abcdefgh".repeat(50_000);
const packed = zipSync({
  "folder/": new Uint8Array(0),
  "a.txt": strToU8(long),
  "b.txt": [strToU8("stored"), { level: 0 }],
  "ü.txt": strToU8(""),
});

test("stored and deflated entries, whole and from the front", async () => {
  const entries = await open(packed);
  expect([...entries.keys()]).toEqual(["a.txt", "b.txt", "ü.txt"]);
  expect(entries.get("a.txt")?.size).toBe(long.length);
  expect(await text(entries.get("a.txt")?.read())).toBe(long);
  expect(await text(entries.get("a.txt")?.read(9))).toBe("abcdefgha");
  expect(await text(entries.get("b.txt")?.read(3))).toBe("sto");
  expect(await text(entries.get("ü.txt")?.read())).toBe("");
  const part = await entries.get("b.txt")?.open();
  expect(await text(part?.read(2, 3))).toBe("ore");
});

test("entries are found where they lie", async () => {
  const entries = await open(packed);
  const stored = await entries.get("b.txt")?.locate();
  expect(stored).toMatchObject({ length: 6, deflated: false });
  const at = stored?.offset ?? 0;
  expect(Buffer.from(packed.subarray(at, at + 6)).toString()).toBe("stored");
  const { offset = 0, length = 0, deflated } = (await entries.get("a.txt")?.locate()) ?? {};
  expect(deflated).toBe(true);
  expect(inflateRawSync(packed.subarray(offset, offset + length)).toString()).toBe(long);
});

test("what is written is read, here and by fflate, and is the same each time", async () => {
  const files = ["x/1", "x/2"].map((name) => ({ name, read: () => strToU8(name.repeat(9)) }));
  const write = async () => Buffer.concat(await Array.fromAsync(zipPieces(files)));
  const bytes = await write();
  expect(await write()).toEqual(bytes);
  expect(await text((await open(bytes)).get("x/2")?.read())).toBe("x/2".repeat(9));
  expect(Buffer.from(bytes.subarray(0, 4)).toString("latin1")).toBe("PK\x03\x04");
});

/** The archive with little-endian numbers of 32 bits put at places counted from the end or a signature. */
function forged(bytes: Uint8Array, from: "end" | "directory" | "local", at: number, value: number) {
  const out = Uint8Array.from(bytes);
  const view = new DataView(out.buffer);
  const directory = view.getUint32(out.length - 22 + 16, true);
  const start = { end: out.length - 22, directory, local: view.getUint32(directory + 42, true) };
  view.setUint32(start[from] + at, value, true);
  return out;
}
const small = zipSync({ a: strToU8(long) });

test.each([
  ["cut", small.subarray(0, -1), /no zip directory at its end/],
  ["empty", new Uint8Array(0), /no zip directory/],
  ["a directory past the end", forged(small, "end", 16, 1e9), /claims 1 entries in \d+ bytes at/],
  ["more entries than fit", forged(small, "end", 10, 0xffff0000 | 999), /claims 999 entries/],
  ["no entry where one is listed", forged(small, "directory", 0, 7), /directory ends after 0/],
  ["a name past the end", forged(small, "directory", 28, 60_000), /ends inside an entry/],
  ["twice one name", zipTwice(), /has two entries a/],
  ["two entries of the same bytes", zipOverlapping(), /its entries [ab] and [ab] overlap/],
])("%s is refused at once", async (_, bytes, message) => {
  await expect(open(bytes)).rejects.toThrow(message);
  await expect(open(bytes)).rejects.toThrow(/^\[zip\] f\.zip: [^\n]+$/);
});

function zipTwice(): Uint8Array {
  const out = zipSync({ a: strToU8("1"), b: strToU8("2") });
  out[out.lastIndexOf(0x62)] = 0x61;
  return out;
}

/** The second entry begins where the first does. */
function zipOverlapping(): Uint8Array {
  const out = zipSync({ a: strToU8("1"), b: strToU8("2") });
  const second = out.lastIndexOf(0x62) - 46;
  new DataView(out.buffer).setUint32(second + 42, 0, true);
  return out;
}

test.each([
  ["encrypted", forged(small, "directory", 8, 0x00080001), /is encrypted/],
  ["another method", forged(small, "directory", 10, 12), /packed by method 12/],
  ["a bomb", forged(small, "directory", 24, 2 ** 30), /claims to unpack from \d+ to 1073741824/],
  ["more than it holds", forged(small, "directory", 24, long.length + 1), /other than 400001/],
  ["less than it holds", forged(small, "directory", 24, long.length - 1), /other than 399999/],
  ["a place past the end", forged(small, "directory", 42, 1e9), /begins at byte 1000000000/],
  ["a place in the middle", forged(small, "directory", 42, 3), /does not begin at byte 3/],
  ["bytes past the end", forged(small, "directory", 20, 1e8), /claims bytes 31 to 100000031/],
  ["damaged data", forged(small, "local", 35, 0xffffffff), /packed data is damaged|other than/],
])("%s is refused when it is read", async (_, bytes, message) => {
  const entry = (await open(bytes)).get("a");
  await expect(entry?.read()).rejects.toThrow(message);
});
