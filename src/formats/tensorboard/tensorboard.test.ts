/**
 * Event files against a reader that shares no code with the writer: a CRC from the polynomial, long division, and protobuf's wire
 * format field by field. TensorBoard 2.21 itself read files of the same events: scalars, picture, distribution, curve and text.
 */
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { crc32c } from "./crc32c.ts";
import { EventFile, removeEventFiles } from "./event-file-node.ts";
import { histogramOf } from "./histogram.ts";
import { prCurveOf } from "./pr-curve.ts";
import { encodeRecord, readRecords } from "./tf-record.ts";

/** The remainder of the message, bit-reversed, by x³² + … = 0x11edc6f41, over bits in the order that they are sent. */
function crcByDivision(bytes: Uint8Array): number {
  const bits = [...bytes].flatMap((byte) => Array.from({ length: 8 }, (_, i) => (byte >> i) & 1));
  for (let i = 0; i < 32; i++) bits.push(0);
  for (let i = 0; i < 32; i++) bits[i] ^= 1;
  const polynomial = [...(0x11edc6f41).toString(2)].map(Number);
  for (let at = 0; at + 32 < bits.length; at++) {
    if (bits[at]) for (let i = 0; i <= 32; i++) bits[at + i] ^= polynomial[i];
  }
  const remainder = bits.slice(-32).reduceRight((value, bit) => value * 2 + (bit ^ 1), 0);
  return remainder >>> 0;
}

type Field = number | bigint | Uint8Array;

/** Fields by number, in order: varints, fixed 64 and 32 bits, and bytes. */
function fieldsOf(bytes: Uint8Array): [number, Field][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  const fields: [number, Field][] = [];
  while (at < bytes.length) {
    const key = varint();
    const [number, type] = [key >> 3, key & 7];
    if (type === 0) {
      fields.push([number, varint()]);
      continue;
    }
    const length = type === 1 ? 8 : type === 5 ? 4 : varint();
    const value = { 1: () => view.getFloat64(at, true), 5: () => view.getFloat32(at, true) }[type];
    fields.push([number, value?.() ?? bytes.slice(at, at + length)]);
    at += length;
  }
  return fields;
}

/** The field at the end of a path of numbers. */
function field(bytes: Uint8Array, ...path: number[]): Field | undefined {
  const [number, ...rest] = path;
  const found = fieldsOf(bytes).find(([n]) => n === number)?.[1];
  return rest.length === 0 ? found : field(found as Uint8Array, ...rest);
}

const text = (value: Field | undefined) => new TextDecoder().decode(value as Uint8Array);
const doubles = (value: Field | undefined) =>
  new Float64Array((value as Uint8Array).slice().buffer as ArrayBuffer);

function recordsByHand(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const masked = (part: Uint8Array) => {
    const crc = BigInt(crcByDivision(part));
    return Number((((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn);
  };
  const records: Uint8Array[] = [];
  for (let at = 0; at < file.length; ) {
    const length = view.getUint32(at, true);
    expect(view.getUint32(at + 4, true)).toBe(0);
    expect(view.getUint32(at + 8, true)).toBe(masked(file.subarray(at, at + 8)));
    const bytes = file.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(at + 12 + length, true)).toBe(masked(bytes));
    records.push(bytes);
    at += 16 + length;
  }
  return records;
}

test("the CRC is RFC 3720's", () => {
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  expect(crcByDivision(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
});

test("an event file holds what was added, in records that another reader takes", async () => {
  const folder = mkdtempSync(join(tmpdir(), "convkit-events-"));
  const file = new EventFile(folder);
  const png = Uint8Array.of(1, 2, 3);
  await file.add(0, [{ tag: "loss/train", scalar: 2.5 }]);
  await file.add(300, [
    { tag: "confusion", image: { height: 4, width: 6, channels: 3, png } },
    { tag: "weights", histogram: histogramOf([1, 2, 3, 4], 3) },
    { tag: "pr/cat", prCurve: prCurveOf([0.9, 0.2, 0.6], [true, false, false], 5) },
    { tag: "command", text: "convkit train glyphs" },
  ]);
  const [version, first, second, ...rest] = recordsByHand(new Uint8Array(readFileSync(file.path)));
  expect(rest).toEqual([]);
  expect(text(field(version, 3))).toBe("brain.Event:2");
  expect(Math.abs((field(version, 1) as number) - Date.now() / 1000)).toBeLessThan(60);
  expect(text(field(first, 5, 1, 1))).toBe("loss/train");
  expect(field(first, 5, 1, 2)).toBe(2.5);
  expect(field(second, 2)).toBe(300);
  const [image, histogram, curve, command] = fieldsOf(field(second, 5) as Uint8Array).map(
    ([, value]) => value as Uint8Array,
  );
  expect([1, 2, 3].map((n) => field(image, 4, n))).toEqual([4, 6, 3]);
  expect(field(image, 4, 4)).toEqual(png);
  expect([1, 2, 3, 4, 5].map((n) => field(histogram, 5, n))).toEqual([1, 4, 4, 10, 30]);
  expect([...doubles(field(histogram, 5, 6))]).toEqual([2, 3, 4]);
  expect([...doubles(field(histogram, 5, 7))]).toEqual([1, 1, 2]);
  expect(text(field(curve, 9, 1, 1))).toBe("pr_curves");
  expect(field(curve, 9, 1, 2, 2)).toBe(5);
  expect((field(curve, 8, 5) as Uint8Array).length).toBe(4 * 6 * 5);
  expect(text(field(command, 8, 8))).toBe("convkit train glyphs");
  expect(readRecords(readFileSync(file.path)).length).toBe(3);
  await removeEventFiles(folder);
  expect(readdirSync(folder)).toEqual([]);
});

test("a curve counts what lies at or above each threshold", () => {
  const { values } = prCurveOf([0.9, 0.2, 0.6, 1, 0], [true, false, false, true, true], 5);
  const rows = Array.from({ length: 6 }, (_, row) => [...values.subarray(row * 5, row * 5 + 5)]);
  expect(rows[0]).toEqual([3, 2, 2, 2, 1]); // true positives at 0, ¼, ½, ¾, 1
  expect(rows[1]).toEqual([2, 1, 1, 0, 0]);
  expect(rows[2]).toEqual([0, 1, 1, 2, 2]);
  expect(rows[3]).toEqual([0, 1, 1, 1, 2]);
  expect(rows[4][1]).toBeCloseTo(2 / 3, 6);
  expect(rows[5][1]).toBeCloseTo(2 / 3, 6);
});

test("values that are not finite are left out of a distribution, and equal ones stand in one bucket", () => {
  expect(histogramOf([1, Number.NaN, 3, Number.POSITIVE_INFINITY], 2)).toMatchObject({
    ...{ min: 1, max: 3, count: 2, sum: 4, sumOfSquares: 10 },
    ...{ limits: [2, 3], counts: [1, 1] },
  });
  expect(histogramOf([5, 5])).toMatchObject({ limits: [5], counts: [2] });
  expect(histogramOf([])).toMatchObject({ count: 0, counts: [0] });
});

test("a damaged record is refused, one that was cut off is left out", () => {
  const [a, b] = [encodeRecord(Uint8Array.of(1, 2)), encodeRecord(Uint8Array.of(3))];
  const file = new Uint8Array([...a, ...b]);
  expect(readRecords(file.subarray(0, file.length - 1)).map((r) => [...r])).toEqual([[1, 2]]);
  file[a.length + 12] = 4;
  expect(() => readRecords(file, "events.out")).toThrow(
    /events\.out: the checksum of the record at byte 18/,
  );
});
