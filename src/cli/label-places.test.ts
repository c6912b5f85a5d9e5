import { expect, test } from "vitest";
import { placeLabels } from "./label-places.ts";

const frame = { left: 0, top: 0, right: 400, bottom: 400 };
const at = (x: number, y: number, r = 10) => ({ x, y, r });

test("a label stands to the right, else on another side where it covers nothing", () => {
  const circle = at(200, 200);
  const label = { text: "resnet50", ...circle };
  expect(placeLabels([label], [circle], frame)).toEqual([
    { text: "resnet50", x: 237, y: 200, of: circle, far: false },
  ]);
  const [above] = placeLabels([label], [circle, at(230, 200)], frame);
  expect([above.x, above.y]).toEqual([200, 181]);
});

test("labels of one place take turns, none leaves the frame, and one without a place is left out", () => {
  const circle = at(200, 200);
  const many = Array.from({ length: 40 }, (_, i) => ({ text: `model-${i}`, ...circle }));
  const placed = placeLabels(many, [circle], frame);
  expect(placed.length).toBeGreaterThan(4);
  expect(placed.length).toBeLessThan(40);
  for (const [i, a] of placed.entries()) {
    for (const b of placed.slice(i + 1)) {
      const half = 3 * (a.text.length + b.text.length);
      expect(Math.abs(a.x - b.x) >= half || Math.abs(a.y - b.y) >= 12).toBe(true);
    }
  }
  const [left] = placeLabels([{ text: "edge", ...at(395, 200, 4) }], [at(395, 200, 4)], frame);
  expect(left.x).toBeLessThan(395);
});
