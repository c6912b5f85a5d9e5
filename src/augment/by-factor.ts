/** Changes of colour that one number tells: it is given, or drawn evenly between two. */
import { Random } from "../core/random.ts";
import type { Image } from "../image/image.ts";
import { onImage } from "./chance.ts";
import { checkedRange } from "./checks.ts";
import type { Transform } from "./transform.ts";

/** A number, or the lowest and the highest of what it may be. */
export type Factor = number | readonly [number, number];

/** The factor is the transform's parameter. `bounds` are its least and its greatest possible value. */
export function byFactor(
  name: string,
  option: string,
  factor: Factor,
  bounds: readonly [number, number],
  change: (image: Image, factor: number) => Image,
): Transform<number> {
  const given = Array.isArray(factor) ? factor : [factor, factor];
  const range = checkedRange(name, option, given as [number, number], bounds);
  return {
    name,
    draw: (key) => Random.of(key).uniformRange(...range),
    apply: (sample, drawn) => onImage((image) => change(image, drawn))(sample),
  };
}
