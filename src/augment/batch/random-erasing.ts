/**
 * Erases a rectangle of random area and aspect (Zhong et al. 2017, arXiv:1708.04896, algorithm 1): of ten tries the first that
 * fits, as torchvision has it.
 */
import type { Tensor } from "../../graph/tensor.ts";
import { round } from "../../ops/round.ts";
import { checkedProbability, checkedRange } from "../checks.ts";
import type { BatchTransform, BatchTransformKind, DrawUniform } from "./batch-transform.ts";
import { type Erased, erase } from "./erase.ts";
import { wholeNumber } from "./places.ts";

export interface BatchErasingOptions {
  /** How often; 0.5 by default. */
  readonly p?: number;
  /** Least and greatest share of the area; [0.02, 0.33] by default. */
  readonly scale?: readonly [number, number];
  /** Least and greatest height over width; [0.3, 3.3] by default. */
  readonly ratio?: readonly [number, number];
  /** In numbers as the network reads them; 0, the mean of standardised images, by default. */
  readonly value?: number;
}

const TRIES = 10;

export function randomErasing(options: BatchErasingOptions = {}): BatchTransform<Erased> {
  const { p = 0.5, scale = [0.02, 0.33], ratio = [0.3, 3.3], value = 0 } = options;
  checkedProbability("randomErasing", p);
  checkedRange("randomErasing", "scale", scale, [0, 1]);
  checkedRange("randomErasing", "ratio", ratio, [0, Number.POSITIVE_INFINITY]);
  return {
    name: "randomErasing",
    draw(uniform, images) {
      const tries = Array.from({ length: TRIES }, (_, i) =>
        drawSize((what) => uniform(`${what}${i}`), images, scale, ratio),
      );
      const none = uniform("p").mul(0);
      const [rows, columns] = tries.reduceRight<[Tensor, Tensor]>(
        ([height, width], { fits, size }) => [
          fits.where(size[0], height),
          fits.where(size[1], width),
        ],
        [none, none],
      );
      const erased = uniform("p").lt(p).to("f32");
      const { shape } = images;
      const top = wholeNumber(uniform("top"), rows.rsub(shape[2] + 1));
      const left = wholeNumber(uniform("left"), columns.rsub(shape[3] + 1));
      const bottom = top.add(rows.mul(erased));
      return { top, bottom, left, right: left.add(columns.mul(erased)) };
    },
    apply: (images, box) => erase(images, box, value),
  };
}

function drawSize(
  uniform: DrawUniform,
  { shape: [, , height, width] }: Tensor,
  [least, most]: readonly [number, number],
  ratio: readonly [number, number],
): { fits: Tensor; size: [Tensor, Tensor] } {
  const area = uniform("area")
    .mul(most - least)
    .add(least)
    .mul(height * width);
  const [low, high] = ratio.map(Math.log);
  const aspect = uniform("ratio")
    .mul(high - low)
    .add(low)
    .exp();
  const rounded = (x: Tensor) => x.builder.apply(round, [x]);
  const [rows, columns] = [rounded(area.mul(aspect).sqrt()), rounded(area.div(aspect).sqrt())];
  const fits = area.builder.apply("and", [rows.lt(height), columns.lt(width)]);
  return { fits, size: [rows, columns] };
}

export const randomErasingKind: BatchTransformKind<BatchErasingOptions> = {
  settings: "p scale ratio value",
  make: randomErasing,
};
