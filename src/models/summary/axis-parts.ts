/**
 * Which steps over the image an axis of a tensor makes. The columns of a picture are one part, neighbours a jump apart; the
 * tokens of a transformer are two, rows and columns; the windows of a Swin transformer step over whole windows. Reshaping
 * takes axes apart and joins them, in row-major order.
 */
import { type Shape, sizeOf } from "../../core/shape.ts";

export interface AxisPart {
  /** Rows or columns of the image. */
  readonly side: 0 | 1;
  readonly extent: number;
  /** Input pixels from one to the next. */
  readonly step: number;
  /** The extent of the map that it is of: equal to `extent` when all of it lies along the axis. */
  readonly of: number;
}

export type AxisParts = readonly AxisPart[];

export const mapAxis = (side: 0 | 1, extent: number, step: number): AxisParts => [
  { side, extent, step, of: extent },
];

/** A factor of an axis with the steps that it makes; none for channels and the like. */
interface Factor {
  readonly extent: number;
  readonly parts: AxisParts;
}

export function reshapeParts(from: Shape, axes: readonly AxisParts[], to: Shape): AxisParts[] {
  // Factors of all elements, outermost first, are dealt out to the new axes.
  const factors = from.flatMap((extent, axis) => factorsOf(extent, axes[axis] ?? []));
  return to.map((extent): AxisParts => {
    const dealt: AxisPart[] = [];
    for (let open = extent; open > 1; ) {
      const factor = factors.shift();
      if (!factor) break;
      const taken = greatestCommon(factor.extent, open);
      if (taken === 1) {
        // Sizes that do not divide each other: the axis keeps what it has so far.
        factors.unshift(factor);
        break;
      }
      const [outer, inner] = cut(factor, taken);
      dealt.push(...outer);
      if (taken < factor.extent) factors.unshift({ extent: factor.extent / taken, parts: inner });
      open /= taken;
    }
    return joined(dealt);
  });
}

/** Parts that do not fill their axis, such as those of tokens with a class token, stay together. */
function factorsOf(extent: number, parts: AxisParts): Factor[] {
  if (extent === 1) return [];
  const fill = parts.length > 0 && sizeOf(parts.map((part) => part.extent)) === extent;
  return fill ? parts.map((part) => ({ extent: part.extent, parts: [part] })) : [{ extent, parts }];
}

/** The steps of the outer `taken` and of the inner rest. */
function cut({ extent, parts }: Factor, taken: number): [outer: AxisParts, inner: AxisParts] {
  const [part, another] = parts;
  if (!part || another || part.extent !== extent || taken === extent) return [parts, []];
  const rest = extent / taken;
  return [[{ ...part, extent: taken, step: part.step * rest }], [{ ...part, extent: rest }]];
}

/** Steps over windows and steps within them are, side by side, steps over all. */
function joined(parts: AxisParts): AxisParts {
  const made: AxisPart[] = [];
  for (const part of parts) {
    const outer = made.at(-1);
    if (outer?.side === part.side && outer.step === part.step * part.extent) {
      made[made.length - 1] = { ...part, extent: outer.extent * part.extent };
    } else made.push(part);
  }
  return made;
}

const greatestCommon = (a: number, b: number): number => (b === 0 ? a : greatestCommon(b, a % b));
