import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { encodedSize, readEncoded, readHead } from "./read-encoded-node.ts";

const root = mkdtempSync(join(tmpdir(), "convkit-encoded-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const plain = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) >> 7);
const packed = deflateRawSync(plain);
const path = join(root, "archive");
writeFileSync(path, Buffer.concat([Buffer.from("before"), plain, packed, Buffer.from("after")]));
const buffer = new SharedArrayBuffer(8);
new Uint8Array(buffer).set([1, 2, 3, 4, 5, 6, 7, 8]);

const range = { name: "range", path, offset: 6, length: plain.length };
const deflated = {
  name: "archive/1.png",
  ...{ path, offset: 6 + plain.length, length: packed.length, inflatedLength: plain.length },
};

test("files, ranges, packed ranges and shared memory", async () => {
  expect(await readEncoded(range)).toEqual(plain);
  expect(new Uint8Array(await readEncoded(deflated))).toEqual(plain);
  expect((await readEncoded({ name: "all", path })).length).toBe(11 + plain.length + packed.length);
  expect([...(await readEncoded({ name: "b", buffer, offset: 2, length: 3 }))]).toEqual([3, 4, 5]);
  expect([...(await readEncoded({ name: "b", buffer, offset: 6 }))]).toEqual([7, 8]);
  expect(await encodedSize({ name: "b", buffer, offset: 6 })).toBe(2);
});

test("the first bytes alone, unpacked", async () => {
  for (const image of [range, deflated]) {
    expect(new Uint8Array(await readHead(image, 32))).toEqual(plain.subarray(0, 32));
  }
  expect((await readHead({ name: "b", buffer }, 32)).length).toBe(8);
});

test("what is gone, cut, damaged or too large is refused by name", async () => {
  const cases: [Parameters<typeof readEncoded>[0], RegExp][] = [
    [{ name: "gone.png", path: join(root, "gone.png") }, /gone\.png: no such file/],
    [{ ...range, length: 1e7 }, /range: ends early/],
    [{ ...deflated, inflatedLength: 5 }, /archive\/1\.png: does not unpack to the 5 bytes claimed/],
    [{ ...deflated, inflatedLength: 200_000 }, /does not unpack to the 200000 bytes/],
    [{ ...deflated, offset: 6 }, /does not unpack/],
    [{ ...deflated, inflatedLength: 2 ** 40 }, /1099511627776 bytes are no picture's/],
  ];
  for (const [image, message] of cases) {
    await expect(readEncoded(image)).rejects.toThrow(message);
    await expect(readEncoded(image)).rejects.toThrow(/^\[\w+\] [^\n]+$/);
  }
});
