/**
 * How many pixels of the input one element of each tensor can see, and how far apart neighbours look, by
 * walking the graph (Dumoulin and Visin 2016, arXiv:1603.07285): a window of k, stride s and dilation d gives
 *
 *     r ← r + d·(k − 1)·j,   j ← s·j
 *
 * and a sum over an axis, such as attention's over tokens, what lies along that axis. Where paths meet, the larger field
 * counts. The field is the architecture's: it may exceed the image; who sums over a whole map gains by the first such sum only.
 */
import type { Node } from "../../graph/node.ts";
import { type AxisParts, mapAxis, reshapeParts } from "./axis-parts.ts";

export type Two = readonly [rows: number, columns: number];

export interface ReceptiveField {
  readonly size: Two;
  /** Input pixels between neighbours of the map. */
  readonly jump: Two;
  /** Which steps over the image each axis makes. */
  readonly axes: readonly AxisParts[];
  /** Whether a sum over all rows, all columns, went in. */
  readonly whole: readonly [boolean, boolean];
}

/** The fields of all nodes that depend on an image input N×C×H×W, in order. */
export function receptiveFields(nodes: readonly Node[]): Map<Node, ReceptiveField> {
  const fields = new Map<Node, ReceptiveField>();
  for (const node of nodes) {
    if (node.op === "input" && node.shape.length === 4) {
      const start = { size: one, jump: one, axes: [], whole: [false, false] } as const;
      fields.set(node, { ...start, axes: mapAxes(node, one) });
      continue;
    }
    const field = fieldOf(node, (input) => fields.get(input));
    if (field) fields.set(node, field);
  }
  return fields;
}

const one: Two = [1, 1];
const each = <T>(f: (axis: 0 | 1) => T): readonly [T, T] => [f(0), f(1)];

/** A picture's axes: its rows and columns are `jump` pixels apart. */
const mapAxes = ({ shape }: Pick<Node, "shape">, jump: Two): AxisParts[] => [
  [],
  [],
  mapAxis(0, shape[2], jump[0]),
  mapAxis(1, shape[3], jump[1]),
];

/** Where several inputs meet element by element; axes are aligned at the right. */
function meeting(node: Node, fields: readonly (ReceptiveField | undefined)[]): ReceptiveField {
  const met = fields.filter((field) => field !== undefined);
  const rank = node.shape.length;
  const axes = Array.from({ length: rank }, (_, axis) => {
    const there = met.map((field) => field.axes[axis - rank + field.axes.length] ?? []);
    return there.find((parts) => parts.length > 0) ?? [];
  });
  return {
    size: each((i) => Math.max(...met.map(({ size }) => size[i]))),
    jump: each((i) => Math.max(...met.map(({ jump }) => jump[i]))),
    axes,
    whole: each((i) => met.some(({ whole }) => whole[i])),
  };
}

/** A window over a picture. */
function through(node: Node, field: ReceptiveField, kernel: Two, stride: Two, dilation: Two) {
  const jump = each((i) => field.jump[i] * stride[i]);
  return {
    ...field,
    size: each((i) => field.size[i] + dilation[i] * (kernel[i] - 1) * field.jump[i]),
    jump,
    axes: mapAxes(node, jump),
  };
}

/** A sum over an axis sees all that lies along it. */
function along(field: ReceptiveField, axis: number): ReceptiveField {
  const [size, whole] = [[...field.size], [...field.whole]];
  for (const { side, extent, step, of } of field.axes[axis] ?? []) {
    if (field.whole[side]) continue;
    size[side] += (extent - 1) * step;
    if (extent === of) whole[side] = true;
  }
  return { ...field, size: size as unknown as Two, whole: whole as [boolean, boolean] };
}

function fieldOf(
  node: Node,
  of: (input: Node) => ReceptiveField | undefined,
): ReceptiveField | undefined {
  const { op, attrs, inputs, shape } = node;
  const fields = inputs.map(of);
  if (fields.every((field) => field === undefined)) return undefined;
  const [x] = inputs;
  const field = fields[0] ?? meeting(node, fields);
  const pairOf = (name: string) => (attrs[name] ?? one) as Two;
  switch (op) {
    case "conv2d": {
      const kernel = inputs[1].shape.slice(2) as unknown as Two;
      return through(node, field, kernel, pairOf("stride"), pairOf("dilation"));
    }
    case "maxPool2d":
    case "avgPool2d":
      return through(node, field, pairOf("kernel"), pairOf("stride"), pairOf("dilation"));
    case "convTranspose2d": {
      // An output meets every s-th tap: ⌈(d·(k − 1) + 1)/s⌉ inputs at most.
      const [stride, dilation] = [pairOf("stride"), pairOf("dilation")];
      const taps = each((i) =>
        Math.ceil((dilation[i] * (inputs[1].shape[2 + i] - 1) + 1) / stride[i]),
      );
      const finer = each((i) => 1 / stride[i]);
      const { size } = through(node, field, taps, one, one);
      return { ...through(node, field, one, finer, one), size };
    }
    case "interpolate": {
      const side = (attrs.axis as number) - 2;
      if (shape.length !== 4 || side < 0) return field;
      const taps = { nearest: 1, linear: 2, cubic: 4 }[
        attrs.mode as "nearest" | "linear" | "cubic"
      ];
      const kernel = each((i) => (i === side ? taps : 1));
      const step = each((i) => x.shape[2 + i] / shape[2 + i]);
      return through(node, field, kernel, step, one);
    }
    case "slice":
      return sliced(node, field);
    case "concat": {
      const axis = attrs.axis as number;
      const met = meeting(node, fields);
      const [part, another] = met.axes[axis];
      if (!part || another) return met;
      const extent = shape[axis];
      return { ...met, axes: met.axes.with(axis, [{ ...part, extent, of: extent }]) };
    }
    case "reshape":
      return reshaped(node, field);
    case "transpose":
      return {
        ...field,
        axes: (attrs.axes as readonly number[]).map((axis) => field.axes[axis] ?? []),
      };
    case "sum":
    case "mean":
    case "var":
    case "reduceMax":
    case "reduceMin": {
      const axes = attrs.axes as readonly number[];
      const seen = axes.reduce(along, field);
      const kept = seen.axes.map((parts, axis) => (axes.includes(axis) ? [] : parts));
      const gone = (axis: number) => axes.includes(axis) && shape.length < x.shape.length;
      return { ...seen, axes: kept.filter((_, axis) => !gone(axis)) };
    }
    case "softmax":
    case "logSoftmax":
    case "layerNorm":
    case "linear": {
      // Each has seen the whole axis: who sums over it afterwards sees no more.
      const seen = along(field, x.shape.length - 1);
      return { ...seen, axes: seen.axes.with(-1, []) };
    }
    case "matmul":
      return product(node, fields);
    default:
      return meeting(node, fields);
  }
}

/** Channels that are laid out between rows and columns bring those nearer: pixel shuffle. */
function reshaped({ inputs: [x], shape }: Node, field: ReceptiveField): ReceptiveField {
  const axes = reshapeParts(x.shape, field.axes, shape);
  const shuffled =
    shape.length === 4 &&
    x.shape.length > 4 &&
    axes.slice(2).every(([part, another], side) => part?.side === side && !another);
  if (!shuffled) return { ...field, axes };
  const jump = each((i) => (axes[2 + i][0].step * axes[2 + i][0].extent) / shape[2 + i]);
  return { ...field, jump, axes: mapAxes({ shape }, jump) };
}

/** One place alone, such as the class token's, moves over nothing; steps leave places out. */
function sliced({ inputs: [x], attrs, shape }: Node, field: ReceptiveField): ReceptiveField {
  const [begins, steps] = [attrs.begins, attrs.steps] as (readonly number[])[];
  const [size, jump] = [[...field.size], [...field.jump]];
  const axes = field.axes.map((parts, axis): AxisParts => {
    if (shape[axis] === x.shape[axis] || parts.length === 0) return parts;
    if (shape[axis] === 1) return [];
    if (parts.length > 1) return parts;
    const [{ side, step }] = parts;
    // The others of a group of neighbours that are taken apart to stand side by side.
    size[side] += (begins[axis] % steps[axis]) * step;
    jump[side] = step * steps[axis];
    return mapAxis(side, shape[axis], jump[side]);
  });
  return { ...field, size: size as unknown as Two, jump: jump as unknown as Two, axes };
}

/** a·b: rows of a, columns of b, and what lies along the axis between them. */
function product(node: Node, fields: readonly (ReceptiveField | undefined)[]): ReceptiveField {
  const { inputs, attrs } = node;
  const [rows, columns] = inputs.map(({ shape }, i) => {
    const turned = i === 0 ? attrs.transposeA : attrs.transposeB;
    const [outer, inner] = [shape.length - 2, shape.length - 1];
    const [first, second] = turned ? [inner, outer] : [outer, inner];
    return i === 0 ? { kept: first, summed: second } : { kept: second, summed: first };
  });
  const seen = [rows, columns].map(({ summed }, i) => fields[i] && along(fields[i], summed));
  const met = meeting(node, seen);
  const axes = [
    ...met.axes.slice(0, -2),
    fields[0]?.axes[rows.kept] ?? [],
    fields[1]?.axes[columns.kept] ?? [],
  ];
  return { ...met, axes: axes.slice(-node.shape.length) };
}
