/**
 * Resampling along one axis, as Resize where ONNX's formulas give the same positions: two axes of images at once. Else
 * element by element: the taps of every place and their weights are tables.
 */
import type { Node } from "../../../graph/node.ts";
import type { InterpolateAttrs } from "../../../ops/interpolate.ts";
import { positionOf } from "../../../ops/resample-position.ts";
import { type Attributes, type Emission, float, int, ints, string } from "./emission.ts";
import { attrsOf, type Exporter, type Pattern } from "./exporter.ts";

/** The attributes of Resize that give this node's positions, if some do. */
function resizeAttributes(node: Node): Attributes | undefined {
  const { axis, size, mode, position } = attrsOf<InterpolateAttrs>(node);
  const { shape } = node;
  if (shape.length !== 4 || axis < 2) return undefined;
  const from = node.inputs[0].shape[axis];
  const lies = (given: Parameters<typeof positionOf>[1]) =>
    String(positionOf(from, { size, ...given })) === String(position);
  if (mode === "nearest") {
    // Other ratios would be rounded by the runtime's arithmetic.
    if (size % from !== 0 && from % size !== 0) return undefined;
    if (lies({ mode })) return attributesOf("asymmetric", mode, "floor");
    const isCentre = lies({ mode: "nearest-exact" });
    return isCentre ? attributesOf("half_pixel", mode, "round_prefer_ceil") : undefined;
  }
  if (lies({ mode })) return attributesOf("half_pixel", mode);
  return lies({ mode, alignCorners: true }) ? attributesOf("align_corners", mode) : undefined;
}

const attributesOf = (positions: string, mode: string, nearest?: string): Attributes => ({
  mode: string(mode),
  coordinate_transformation_mode: string(positions),
  cubic_coeff_a: mode === "cubic" ? float(-0.75) : undefined,
  nearest_mode: nearest === undefined ? undefined : string(nearest),
});

function resize(
  e: Emission,
  x: string,
  { shape }: Node,
  axes: readonly number[],
  attributes: Attributes,
): string {
  const sizes = e.ints(axes.map((axis) => shape[axis]));
  return e.emit("Resize", [x, "", "", sizes], { ...attributes, axes: ints(axes) });
}

/** Rows, then columns. */
export const resizePlane: Pattern = (node) => {
  const [rows] = node.inputs;
  if (node.op !== "interpolate" || rows.op !== "interpolate") return undefined;
  const [a, b] = [rows, node].map(resizeAttributes);
  const axes = [rows, node].map((each) => attrsOf<InterpolateAttrs>(each).axis);
  if (!a || !b || JSON.stringify(a) !== JSON.stringify(b) || String(axes) !== "2,3") {
    return undefined;
  }
  return { inputs: rows.inputs, write: (e, [x]) => resize(e, x, node, axes, a) };
};

/** Keys' weights (see ops/interpolate.ts) at the distance t, with a = −¾. */
function keys(t: number): number {
  if (t <= 1) return (1.25 * t - 2.25) * t * t + 1;
  return t < 2 ? ((-0.75 * t + 3.75) * t - 6) * t + 3 : 0;
}

const WEIGHTS = {
  nearest: { taps: [0], weight: () => 1 },
  linear: { taps: [0, 1], weight: (t: number) => Math.max(0, 1 - t) },
  cubic: { taps: [-1, 0, 1, 2], weight: keys },
} as const;

/** y[o] = Σ_k weight(|s − k|)·x[k] over the taps k around s = (a·o + b)/d, those outside standing for the nearest end. */
function byTables(e: Emission, x: string, node: Node): string {
  const { axis, size, mode, position } = attrsOf<InterpolateAttrs>(node);
  const [a, b, d] = position;
  const last = node.inputs[0].shape[axis] - 1;
  const { taps, weight } = WEIGHTS[mode];
  const places = Array.from({ length: size }, (_, o) => (a * o + b) / d);
  const products = taps.map((tap) => {
    const from = places.map((s) => Math.min(Math.max(Math.floor(s) + tap, 0), last));
    const read = e.emit("Gather", [x, e.tensor(from, [size], "i32")], { axis: int(axis) });
    if (mode === "nearest") return read;
    const weights = places.map((s) => weight(Math.abs(s - Math.floor(s) - tap)));
    const shape = [size, ...node.shape.slice(axis + 1).map(() => 1)];
    return e.emit("Mul", [read, e.tensor(weights, shape, node.dtype)]);
  });
  return products.reduce((sum, product) => e.emit("Add", [sum, product]));
}

const interpolate: Exporter = (e, node, [x]) => {
  const attributes = resizeAttributes(node);
  if (!attributes) return byTables(e, x, node);
  return resize(e, x, node, [attrsOf<InterpolateAttrs>(node).axis], attributes);
};

export const resampling = { interpolate } as const satisfies Record<string, Exporter>;
