import { expect, test } from "vitest";
import {
  CIFAR10,
  CIFAR100,
  CIFAR100_COARSE,
  cifarRecord,
  encodeCifar,
  parseCifar,
  readCifarInto,
} from "./cifar.ts";

const pictures = Uint8Array.from({ length: 2 * 3072 }, (_, i) => i % 251);
const bytes = encodeCifar(pictures, [3, 9]);

test("records come back as written, planes in order", () => {
  const batch = parseCifar(bytes);
  expect(batch.count).toBe(2);
  expect([...batch.labels]).toEqual([3, 9]);
  expect(batch.images).toEqual(pictures);
});

test("several files fill one array", () => {
  const images = new Uint8Array(4 * 3072);
  const labels = new Int32Array(4);
  expect(
    readCifarInto(bytes, "b", images, labels, readCifarInto(bytes, "a", images, labels, 0)),
  ).toBe(4);
  expect([...labels]).toEqual([3, 9, 3, 9]);
  expect(images.subarray(2 * 3072)).toEqual(pictures);
});

test("what is no whole number of records, or no label, is refused", () => {
  expect(() => parseCifar(new Uint8Array(0), "f")).toThrow("[cifar] f: the file is empty");
  expect(() => parseCifar(bytes.subarray(0, 5000), "f")).toThrow(
    /f: 5000 bytes are no multiple of 3073, .* truncated .* download it again$/,
  );
  const wrong = bytes.slice();
  wrong[cifarRecord(CIFAR10)] = 10;
  expect(() => parseCifar(wrong, "f")).toThrow(
    /f: label 10 of record 1 is out of range, labels are 0 … 9/,
  );
});

test("CIFAR-100 has two labels a record, the coarse one first", () => {
  const records = [0, 1].flatMap((n) => [
    [11 + n, 42 + n],
    [...pictures.subarray(n * 3072, (n + 1) * 3072)],
  ]);
  const both = Uint8Array.from(records.flat());
  const fine = parseCifar(both, "f", CIFAR100);
  expect([[...fine.labels], fine.images]).toEqual([[42, 43], pictures]);
  expect([...parseCifar(both, "f", CIFAR100_COARSE).labels]).toEqual([11, 12]);
  expect(() => parseCifar(both.with(0, 20), "f", CIFAR100_COARSE)).toThrow(
    /label 20 of record 0 is out of range, labels are 0 … 19 — .*CIFAR-100's/,
  );
  expect(() => parseCifar(bytes, "f", CIFAR100)).toThrow(/no multiple of 3074/);
});
