/**
 * How Swin lays windows over a map: padded to a whole number of them, in every second layer rolled first, so that as many
 * windows as before cover the map while they lie elsewhere; a mask then keeps apart what came together only by that
 * (Liu et al. 2021, arXiv:2103.14030, section 3.2, figures 2 and 4).
 */
import { ConvkitError } from "../../core/error.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { windowPartition, windowReverse } from "./window-partition.ts";

type Two = readonly [rows: number, columns: number];

export interface WindowGrid {
  /** Of the map, and of the map padded to whole windows. */
  readonly size: Two;
  readonly padded: Two;
  readonly window: Two;
  /** How far the map is rolled, up and to the left. */
  readonly shift: Two;
}

export function checkWindow(where: string, window: Two, shift: Two): void {
  const fits = window.every((size, axis) => {
    const by = shift[axis];
    return Number.isInteger(size) && Number.isInteger(by) && by >= 0 && by < size;
  });
  if (fits) return;
  throw new ConvkitError(
    where,
    `windows of ${window.join("×")}, shifted by ${shift.join(" and ")} — sizes are positive whole numbers, ` +
      "shifts from 0 to less than the window",
  );
}

/** An axis that a single window covers is not shifted. */
export function windowGrid(size: Two, window: Two, shift: Two): WindowGrid {
  const each = (f: (axis: 0 | 1) => number): Two => [f(0), f(1)];
  const padded = each((axis) => Math.ceil(size[axis] / window[axis]) * window[axis]);
  const kept = each((axis) => (window[axis] < padded[axis] ? shift[axis] : 0));
  return { size, padded, window, shift: kept };
}

/** A padded map N×H×W×C, rolled and cut: N×windows×positions×C. */
export function windowsOf(x: Tensor, { window, shift }: WindowGrid): Tensor {
  return windowPartition(roll(roll(x, 1, shift[0]), 2, shift[1]), window);
}

/** The map again, without the padding. */
export function mapOf(windows: Tensor, { size, padded, window, shift }: WindowGrid): Tensor {
  const rolled = windowReverse(windows, window, padded);
  const map = roll(roll(rolled, 1, padded[0] - shift[0]), 2, padded[1] - shift[1]);
  return map.slice(1, 0, size[0]).slice(2, 0, size[1]);
}

/** What stood at i + by of the axis, round its end, comes to i. */
function roll(x: Tensor, axis: number, by: number): Tensor {
  const start = by % x.shape[axis];
  if (start === 0) return x;
  return x.builder.apply("concat", [x.slice(axis, start), x.slice(axis, 0, start)], { axis });
}

/**
 * 0 where two positions of a window may see each other, else −100: windows×positions×positions. Along an axis of the
 * rolled map the last window holds two regions: the map's end, and its beginning.
 */
export function shiftMask({ window, padded, shift }: WindowGrid): Float64Array {
  const [h, w] = window;
  const [across, positions] = [padded[1] / w, h * w];
  const isBeginning = (at: number, axis: 0 | 1) => Number(at >= padded[axis] - shift[axis]);
  const regionOf = (k: number, i: number) => {
    const row = Math.floor(k / across) * h + Math.floor(i / w);
    const column = (k % across) * w + (i % w);
    return 2 * isBeginning(row, 0) + isBeginning(column, 1);
  };
  const values = new Float64Array((padded[0] / h) * across * positions ** 2);
  return values.map((_, at) => {
    const k = Math.floor(at / positions ** 2);
    const [i, j] = [Math.floor(at / positions) % positions, at % positions];
    return regionOf(k, i) === regionOf(k, j) ? 0 : -100;
  });
}
