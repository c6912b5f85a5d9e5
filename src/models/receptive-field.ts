/**
 * How many pixels of the input one element of each tensor can see, and how far apart neighbours look, by
 * walking the graph (Dumoulin and Visin 2016, arXiv:1603.07285): a window of k, stride s and dilation d gives
 *
 *     r ← r + d·(k − 1)·j,   j ← s·j
 *
 * Where paths meet, the larger field counts. The field is the architecture's: it may exceed the image.
 */
import type { Node } from "../graph/node.ts";

export type Two = readonly [rows: number, columns: number];

export interface ReceptiveField {
  readonly size: Two;
  /** Input pixels between neighbours of the map. */
  readonly jump: Two;
  /** Rows and columns that a reshape has folded into one axis; whoever sums over that axis sees them all. */
  readonly folded?: Two;
}

/** The fields of all nodes that depend on an image input N×C×H×W, in order. */
export function receptiveFields(nodes: readonly Node[]): Map<Node, ReceptiveField> {
  const fields = new Map<Node, ReceptiveField>();
  for (const node of nodes) {
    if (node.op === "input" && node.shape.length === 4) {
      fields.set(node, { size: [1, 1], jump: [1, 1] });
      continue;
    }
    const met = node.inputs.flatMap((input) => fields.get(input) ?? []);
    if (met.length > 0) fields.set(node, fieldOf(node, met.reduce(larger)));
  }
  return fields;
}

const each = (f: (axis: 0 | 1) => number): Two => [f(0), f(1)];

const larger = (a: ReceptiveField, b: ReceptiveField): ReceptiveField => ({
  size: each((i) => Math.max(a.size[i], b.size[i])),
  jump: each((i) => Math.max(a.jump[i], b.jump[i])),
  ...((a.folded || b.folded) && { folded: a.folded ?? b.folded }),
});

/** A window over `field`. */
function through(field: ReceptiveField, kernel: Two, stride: Two, dilation: Two): ReceptiveField {
  const { size, jump } = field;
  return {
    size: each((i) => size[i] + dilation[i] * (kernel[i] - 1) * jump[i]),
    jump: each((i) => jump[i] * stride[i]),
  };
}

const one: Two = [1, 1];

function fieldOf(node: Node, field: ReceptiveField): ReceptiveField {
  const { op, attrs, inputs } = node;
  const [x] = inputs;
  const pairOf = (name: string) => (attrs[name] ?? one) as Two;
  switch (op) {
    case "conv2d":
      return through(
        field,
        inputs[1].shape.slice(2) as unknown as Two,
        pairOf("stride"),
        pairOf("dilation"),
      );
    case "maxPool2d":
    case "avgPool2d":
      return through(field, pairOf("kernel"), pairOf("stride"), pairOf("dilation"));
    case "convTranspose2d": {
      // An output meets every s-th tap: ⌈(d·(k − 1) + 1)/s⌉ inputs at most.
      const [stride, dilation] = [pairOf("stride"), pairOf("dilation")];
      const taps = each((i) =>
        Math.ceil((dilation[i] * (inputs[1].shape[2 + i] - 1) + 1) / stride[i]),
      );
      const { size, jump } = through(field, taps, one, one);
      return { size, jump: each((i) => jump[i] / stride[i]) };
    }
    case "slice": {
      if (x.shape.length !== 4) return field;
      const steps = attrs.steps as readonly number[];
      return { ...field, jump: each((i) => field.jump[i] * steps[2 + i]) };
    }
    case "sum":
    case "mean":
    case "var":
    case "reduceMax":
    case "reduceMin": {
      if (x.shape.length !== 4) return field;
      const axes = attrs.axes as readonly number[];
      return through(
        field,
        each((i) => (axes.includes(2 + i) ? x.shape[2 + i] : 1)),
        one,
        one,
      );
    }
    case "reshape":
      return x.shape.length === 4 && node.shape.length < 4
        ? { ...field, folded: x.shape.slice(2) as unknown as Two }
        : field;
    case "linear":
    case "matmul":
      return field.folded ? through(field, field.folded, one, one) : field;
    default:
      return field;
  }
}
