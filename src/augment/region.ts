/** A part of a picture of any size. */
import { ConvkitError } from "../core/error.ts";
import { shown } from "./checks.ts";

/** Left, top, right and bottom as shares of width and height. */
export type Region = readonly [number, number, number, number];

export function checkedRegion(where: string, what: string, region: Region): Region {
  const [left, top, right, bottom] = region;
  if (0 <= left && left <= right && right <= 1 && 0 <= top && top <= bottom && bottom <= 1) {
    return region;
  }
  throw new ConvkitError(
    where,
    `${what} is ${shown(region)} — give left,top,right,bottom as shares of width and height, such as 0,0.5,1,1`,
  );
}
