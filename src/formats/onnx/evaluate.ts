/**
 * Operators on numbers that are known before anything runs: the chains Shape → Gather → Unsqueeze → Concat → Reshape of
 * PyTorch's exports, tables of positions, masks. Only what such chains are made of is here.
 */
import { broadcastShapes, type Shape, sizeOf, stridesOf } from "../../core/shape.ts";
import { Arguments } from "./arguments.ts";
import { filled, type Known, type KnownType, known, knownType, numbersOf } from "./known.ts";
import { type NodeProto, typeOfCode } from "./proto.ts";
import {
  flattenedShape,
  permOf,
  rangesOf,
  reducedAxes,
  reshapedShape,
  splitSizes,
  squeezedShape,
  unsqueezedShape,
} from "./shapes.ts";
import { axisOf } from "./value.ts";

/** A node all of whose inputs are known. */
export class KnownArguments extends Arguments {
  readonly #inputs: readonly (Known | undefined)[];

  constructor(node: NodeProto, opset: number, inputs: readonly (Known | undefined)[]) {
    super(node, opset);
    this.#inputs = inputs;
  }

  override knownAt(input: number): Known | undefined {
    return this.#inputs[input];
  }

  at(input: number): Known {
    return this.#inputs[input] ?? this.fail(`input ${input} is missing — the file is damaged`);
  }

  all(): Known[] {
    return this.node.inputs.map((_, i) => this.at(i));
  }
}

type Evaluate = (args: KnownArguments) => Known | Known[];

/** Results as far as their places are a function of the result's. */
const picked = (x: Known, shape: Shape, from: (place: number[]) => number): Known => {
  const steps = stridesOf(shape);
  return filled(x.dtype, shape, (i) =>
    Number(x.data[from(steps.map((step, axis) => Math.floor(i / step) % shape[axis]))]),
  );
};

const flat = (shape: Shape, place: readonly number[]): number =>
  shape.reduce((at, dim, axis) => at * dim + place[axis], 0);

const withShape = (x: Known, shape: Shape): Known => known(x.dtype, shape, x.data);

/** Elementwise, broadcasting. */
function mapped(inputs: readonly Known[], dtype: KnownType, f: (...x: number[]) => number): Known {
  const shape = broadcastShapes("onnx", ...inputs.map((x) => x.shape));
  const steps = stridesOf(shape);
  return filled(dtype, shape, (i) => {
    const place = steps.map((step, axis) => Math.floor(i / step) % shape[axis]);
    const values = inputs.map((x) => {
      const own = place.slice(shape.length - x.shape.length);
      return Number(
        x.data[
          flat(
            x.shape,
            own.map((at, axis) => (x.shape[axis] === 1 ? 0 : at)),
          )
        ],
      );
    });
    const value = f(...values);
    return dtype === "i32" ? Math.trunc(value) : value;
  });
}

const arithmetic =
  (f: (...x: number[]) => number): Evaluate =>
  (args) =>
    mapped(args.all(), args.at(0).dtype, f);

const variadic =
  (f: (a: number, b: number) => number): Evaluate =>
  (args) =>
    args.all().reduce((a, b) => mapped([a, b], a.dtype, f));

const comparison =
  (f: (a: number, b: number) => boolean): Evaluate =>
  (args) =>
    mapped(args.all(), "bool", (a, b) => Number(f(a, b)));

const reduction =
  (f: (values: readonly number[]) => number): Evaluate =>
  (args) => {
    const x = args.at(0);
    const axes = reducedAxes(args, x.shape.length);
    const kept = x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
    const groups = Array.from({ length: sizeOf(kept) }, (): number[] => []);
    const steps = stridesOf(x.shape);
    for (let i = 0; i < x.data.length; i++) {
      const place = steps.map((step, axis) =>
        axes.includes(axis) ? 0 : Math.floor(i / step) % x.shape[axis],
      );
      groups[flat(kept, place)].push(Number(x.data[i]));
    }
    const shape = args.flag("keepdims", true) ? kept : kept.filter((_, i) => !axes.includes(i));
    return known(x.dtype, shape, groups.map(f));
  };

const gather: Evaluate = (args) => {
  const [x, index] = [args.at(0), args.at(1)];
  const axis = axisOf(args.number("axis", 0), x.shape.length);
  const shape = [...x.shape.slice(0, axis), ...index.shape, ...x.shape.slice(axis + 1)];
  return picked(x, shape, (place) => {
    const at = Number(index.data[flat(index.shape, place.slice(axis, axis + index.shape.length))]);
    const own = at < 0 ? at + x.shape[axis] : at;
    const after = place.slice(axis + index.shape.length);
    return flat(x.shape, [...place.slice(0, axis), own, ...after]);
  });
};

const slice: Evaluate = (args) => {
  const x = args.at(0);
  const ranges = rangesOf(args, x.shape);
  const of = (axis: number) => ranges.find((range) => range.axis === axis);
  const shape = x.shape.map((dim, axis) => of(axis)?.count ?? dim);
  return picked(x, shape, (place) =>
    flat(
      x.shape,
      place.map((at, axis) => {
        const range = of(axis);
        return range ? range.start + at * range.step : at;
      }),
    ),
  );
};

const concat: Evaluate = (args) => {
  const inputs = args.all();
  const axis = axisOf(args.number("axis", 0), inputs[0].shape.length);
  const outer = sizeOf(inputs[0].shape.slice(0, axis));
  const runs = inputs.map(({ shape }) => sizeOf(shape.slice(axis)));
  const data = Array.from({ length: outer }, (_, o) =>
    inputs.map((x, i) => Array.from(x.data).slice(o * runs[i], (o + 1) * runs[i])),
  ).flat(2);
  const total = inputs.reduce((sum, { shape }) => sum + shape[axis], 0);
  const shape = inputs[0].shape.map((dim, i) => (i === axis ? total : dim));
  return known(inputs[0].dtype, shape, data);
};

const split: Evaluate = (args) => {
  const x = args.at(0);
  const axis = axisOf(args.number("axis", 0), x.shape.length);
  let start = 0;
  return splitSizes(args, x.shape[axis]).map((size) => {
    const before = start;
    start += size;
    const shape = x.shape.map((dim, i) => (i === axis ? size : dim));
    return picked(x, shape, (place) =>
      flat(
        x.shape,
        place.map((at, i) => (i === axis ? at + before : at)),
      ),
    );
  });
};

const transpose: Evaluate = (args) => {
  const x = args.at(0);
  const perm = permOf(args, x.shape.length);
  const shape = perm.map((axis) => x.shape[axis]);
  return picked(x, shape, (place) =>
    flat(
      x.shape,
      x.shape.map((_, axis) => place[perm.indexOf(axis)]),
    ),
  );
};

const expand: Evaluate = (args) => {
  const x = args.at(0);
  const shape = broadcastShapes("onnx", x.shape, args.numbers(1) ?? []);
  return mapped(
    [x, { dtype: x.dtype, shape, data: filled(x.dtype, shape, () => 0).data }],
    x.dtype,
    (a) => a,
  );
};

const tile: Evaluate = (args) => {
  const x = args.at(0);
  const repeats = args.numbers(1) ?? [];
  const shape = x.shape.map((dim, i) => dim * repeats[i]);
  return picked(x, shape, (place) =>
    flat(
      x.shape,
      place.map((at, i) => at % x.shape[i]),
    ),
  );
};

const range: Evaluate = (args) => {
  const [start, limit, delta] = args.all().map(({ data }) => Number(data[0]));
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  return filled(args.at(0).dtype, [count], (i) => start + i * delta);
};

const constantOfShape: Evaluate = (args) => {
  const value = args.tensor("value");
  const of = value ? Number(numbersOf(value)[0]) : 0;
  return filled(value ? knownType(value.type) : "f32", args.numbers(0) ?? [], () => of);
};

const cast: Evaluate = (args) => {
  const x = args.at(0);
  const type = typeOfCode(args.number("to", 1)) ?? args.fail("casts to a type that is not read");
  const dtype = knownType(type);
  const as = { f32: (v: number) => v, i32: Math.trunc, bool: (v: number) => Number(v !== 0) };
  return known(
    dtype,
    x.shape,
    Array.from(x.data, (v) => as[dtype](Number(v))),
  );
};

/** Places of what is not 0, one column each. */
const nonZero: Evaluate = (args) => {
  const x = args.at(0);
  const hits = Array.from(x.data, (v, i) => (Number(v) === 0 ? -1 : i)).filter((i) => i >= 0);
  const rows = stridesOf(x.shape).map((step, axis) =>
    hits.map((i) => Math.floor(i / step) % x.shape[axis]),
  );
  return known("i32", [x.shape.length, hits.length], rows.flat());
};

/** A copy of the first, where the slices that the rows of the second point to are those of the third. */
const scatterND: Evaluate = (args) => {
  const [x, index, updates] = args.all();
  const depth = index.shape[index.shape.length - 1];
  const slice = sizeOf(x.shape.slice(depth));
  const data = Array.from(x.data);
  for (let row = 0; row * depth < index.data.length; row++) {
    const place = x.shape.map((dim, axis) => {
      const at = axis < depth ? index.data[row * depth + axis] : 0;
      return at < 0 ? at + dim : at;
    });
    const start = flat(x.shape, place);
    if (!(start >= 0 && start + slice <= data.length))
      args.fail("writes past the end — the file is damaged");
    for (let i = 0; i < slice; i++) data[start + i] = updates.data[row * slice + i];
  }
  return known(x.dtype, x.shape, data);
};

/** Between two bounds, of which each may be missing; attributes before version 11. */
const clip: Evaluate = (args) => {
  const bound = (input: number, name: string, otherwise: number) =>
    args.has(input) ? Number(args.at(input).data[0]) : args.number(name, otherwise);
  const low = bound(1, "min", Number.NEGATIVE_INFINITY);
  const high = bound(2, "max", Number.POSITIVE_INFINITY);
  return mapped([args.at(0)], args.at(0).dtype, (x) => Math.min(Math.max(x, low), high));
};

/** Halves go to the even neighbour. */
function round(x: number): number {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}

/** The remainder has the divisor's sign, or with fmod the dividend's. */
const mod: Evaluate = (args) =>
  mapped(args.all(), args.at(0).dtype, (a, b) =>
    args.flag("fmod") ? a % b : a - Math.floor(a / b) * b,
  );

export const evaluators: Readonly<Record<string, Evaluate>> = {
  Identity: (args) => args.at(0),
  Cast: cast,
  Reshape: (args) => withShape(args.at(0), reshapedShape(args, args.at(0).shape, 1)),
  Flatten: (args) => withShape(args.at(0), flattenedShape(args, args.at(0).shape)),
  Squeeze: (args) => withShape(args.at(0), squeezedShape(args, args.at(0).shape)),
  Unsqueeze: (args) => withShape(args.at(0), unsqueezedShape(args, args.at(0).shape)),
  Gather: gather,
  Slice: slice,
  Concat: concat,
  Split: split,
  Transpose: transpose,
  Expand: expand,
  Tile: tile,
  Range: range,
  ConstantOfShape: constantOfShape,
  NonZero: nonZero,
  ScatterND: scatterND,
  Add: arithmetic((a, b) => a + b),
  Sub: arithmetic((a, b) => a - b),
  Mul: arithmetic((a, b) => a * b),
  Div: arithmetic((a, b) => a / b),
  Mod: mod,
  Clip: clip,
  Pow: arithmetic((a, b) => a ** b),
  Min: variadic(Math.min),
  Max: variadic(Math.max),
  Neg: arithmetic((a) => -a),
  Abs: arithmetic(Math.abs),
  Floor: arithmetic(Math.floor),
  Ceil: arithmetic(Math.ceil),
  Round: arithmetic(round),
  Sqrt: arithmetic(Math.sqrt),
  Equal: comparison((a, b) => a === b),
  Less: comparison((a, b) => a < b),
  LessOrEqual: comparison((a, b) => a <= b),
  Greater: comparison((a, b) => a > b),
  GreaterOrEqual: comparison((a, b) => a >= b),
  And: comparison((a, b) => a !== 0 && b !== 0),
  Or: comparison((a, b) => a !== 0 || b !== 0),
  Not: (args) => mapped([args.at(0)], "bool", (a) => Number(a === 0)),
  Where: (args) => mapped(args.all(), args.at(1).dtype, (c, a, b) => (c ? a : b)),
  ReduceProd: reduction((values) => values.reduce((a, b) => a * b, 1)),
  ReduceSum: reduction((values) => values.reduce((a, b) => a + b, 0)),
  ReduceMax: reduction((values) => Math.max(...values)),
  ReduceMin: reduction((values) => Math.min(...values)),
};
