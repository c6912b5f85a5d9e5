/** A square anywhere, its centre within the image (DeVries and Taylor 2017, arXiv:1708.04552, section 3.2). */
import type { Tensor } from "../../graph/tensor.ts";
import { checkedProbability } from "../checks.ts";
import { type CutoutOptions, checkedLength } from "../cutout.ts";
import type { BatchTransform, BatchTransformKind } from "./batch-transform.ts";
import { type Erased, erase } from "./erase.ts";
import { wholeNumber } from "./places.ts";

/** `value` is in numbers as the network reads them: 0 is the mean of standardised images. */
export function cutout({ length, p = 1, value = 0 }: CutoutOptions): BatchTransform<Erased> {
  checkedLength(length);
  checkedProbability("cutout", p);
  return {
    name: "cutout",
    draw(uniform, { shape: [, , height, width] }) {
      const erased = uniform("p").lt(p).to("f32");
      const side = (what: string, size: number): [Tensor, Tensor] => {
        const start = wholeNumber(uniform(what), size).sub(Math.floor(length / 2));
        const first = start.maximum(0);
        return [first, first.maximum(start.add(length).minimum(size).mul(erased))];
      };
      const [[top, bottom], [left, right]] = [side("row", height), side("column", width)];
      return { top, bottom, left, right };
    },
    apply: (images, box) => erase(images, box, value),
  };
}

export const cutoutKind: BatchTransformKind<CutoutOptions> = {
  settings: "length p value",
  make: cutout,
};
