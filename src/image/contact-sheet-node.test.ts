import { expect, test } from "vitest";
import { drawContactSheet } from "./contact-sheet-node.ts";
import { decodeImage } from "./decode-node.ts";
import type { Image } from "./image.ts";

const flat = (width: number, height: number, rgb: readonly number[]): Image => ({
  ...{ width, height, channels: 3 },
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => rgb[i % 3]),
});

/** The rows and columns that pixels of this colour span. */
function boxOf({ width, data, channels }: Image, rgb: readonly number[]): number[] {
  const places: [number, number][] = [];
  for (let p = 0; p < data.length / channels; p++) {
    const own = channels === 1 ? new Array(3).fill(data[p]) : [...data.subarray(3 * p, 3 * p + 3)];
    if (String(own) === String(rgb)) places.push([Math.floor(p / width), p % width]);
  }
  const [rows, columns] = [0, 1].map((axis) => places.map((place) => place[axis]));
  return [Math.min(...rows), Math.max(...rows), Math.min(...columns), Math.max(...columns)];
}

test("pictures stand in their cells, in proportion, small ones enlarged by whole numbers", async () => {
  const rows = [
    { title: "", pictures: [flat(400, 200, [255, 0, 0]), flat(30, 40, [0, 255, 0])] },
    { title: "", pictures: [flat(100, 100, [0, 0, 255])] },
  ];
  const sheet = await decodeImage(await drawContactSheet(rows, { cell: 100 }));
  // Gaps of 6 pixels; the margin at the left is twice as wide.
  expect([sheet.width, sheet.height]).toEqual([12 + 2 * 106, 6 + 2 * 106]);
  expect(boxOf(sheet, [255, 0, 0])).toEqual([6 + 25, 6 + 74, 12, 12 + 99]);
  expect(boxOf(sheet, [0, 255, 0])).toEqual([6 + 10, 6 + 89, 118 + 20, 118 + 79]);
  expect(boxOf(sheet, [0, 0, 255])).toEqual([112, 211, 12, 111]);
});

test("titles are drawn beside rows and over columns, whatever letters they have", async () => {
  const rows = [{ title: `<&"> ${"long ".repeat(20)}`, pictures: [flat(50, 50, [255, 0, 0])] }];
  const sheet = await decodeImage(
    await drawContactSheet(rows, { cell: 50, columns: ["a\u0007b"] }),
  );
  expect(sheet.width).toBeLessThan(300);
  const plain = await decodeImage(
    await drawContactSheet([{ ...rows[0], title: "" }], { cell: 50 }),
  );
  expect(sheet.width).toBeGreaterThan(plain.width + 100);
  const [top, , left] = boxOf(sheet, [255, 0, 0]);
  const dark = (rowsFrom: number, rowsTo: number, from: number, to: number): number => {
    let count = 0;
    for (let y = rowsFrom; y < rowsTo; y++) {
      for (let x = from; x < to; x++) if (sheet.data[3 * (y * sheet.width + x)] < 128) count++;
    }
    return count;
  };
  // Without a font there are none: the machine has one.
  expect(dark(top, top + 50, 0, left)).toBeGreaterThan(50);
  expect(dark(0, top, left, left + 50)).toBeGreaterThan(5);
});
