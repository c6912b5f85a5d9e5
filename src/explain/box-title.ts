/** What a layer's box says in a drawing, in the words of the papers, and the kind that its colour stands for. */
import { formatShape } from "../core/shape.ts";
import type { Node } from "../graph/node.ts";

export type Category =
  | "ends"
  | "convolution"
  | "pooling"
  | "resampling"
  | "linear"
  | "attention"
  | "normalization"
  | "activation"
  | "dropout"
  | "merge"
  | "reshape"
  | "block"
  | "other";

export interface BoxTitle {
  readonly title: string;
  readonly category: Category;
}

const activations =
  /^(activation|relu\w*|\w*gelu|elu|celu|selu|silu|swish|\w*sigmoid|\w*tanh|\w*soft(max|min|plus|sign|shrink)\w*|hard\w+|leakyrelu|prelu|rrelu|mish|glu|maxout|tanhshrink|threshold|smoothabs|clip)$/;

// biome-ignore format: a table
const categories: readonly (readonly [RegExp, Category])[] = [
  [/convtranspose|transposed|upsample|interpolate|resize|pixel.?shuffle|pyramid|blurpool|^pad/, "resampling"],
  [/conv|filter2d/, "convolution"],
  [/pool|subsampl/, "pooling"],
  [/norm|standardize|lrn/, "normalization"],
  [/attention/, "attention"],
  [/^(linear|dense|gemm|rbf|embedding|matmul)/, "linear"],
  [/drop|noise/, "dropout"],
  [/flatten|reshape|permute|identity|squeeze$|transpose$/, "reshape"],
  [/^(add|concat\w*|multiply|mul|sum|parallel)$/, "merge"],
  [activations, "activation"],
];

export function categoryOf(kind: string): Category {
  const word = kind.toLowerCase();
  return categories.find(([pattern]) => pattern.test(word))?.[1] ?? "other";
}

/** `batch norm` of batchNorm2d. */
export const wordsOf = (kind: string): string =>
  kind
    .replace(/([1-3])d(?![a-z])/i, "")
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();

/** Of a single layer, from the ops that it is made of: `7×7 conv, 64, /2`. */
export function layerTitle(kind: string, nodes: readonly Node[]): BoxTitle {
  const category = categoryOf(kind);
  const conv = nodes.find(({ op }) => op === "conv2d" || op === "convTranspose2d");
  if (conv)
    return {
      title: convTitle(conv),
      category: conv.op === "conv2d" ? "convolution" : "resampling",
    };
  const pool = nodes.find(({ op }) => op === "maxPool2d" || op === "avgPool2d");
  if (pool && category === "pooling" && !/adaptive|global/i.test(kind)) {
    const kernel = square(pool.attrs.kernel as readonly number[]);
    const name = pool.op === "maxPool2d" ? "max pool" : "average pool";
    return { title: `${kernel} ${name}${strideOf(pool)}`, category };
  }
  const product = nodes.find(({ op }) => op === "linear" || op === "matmul");
  if (product && category === "linear") return { title: `fc, ${product.shape.at(-1)}`, category };
  return { title: wordsOf(kind), category };
}

function convTitle({ op, inputs, attrs, shape }: Node): string {
  const weight = inputs[1].shape;
  const groups = Number(attrs.groups ?? 1);
  const channels = inputs[0].shape[1];
  const name =
    op === "convTranspose2d"
      ? "transposed conv"
      : groups > 1 && groups === channels
        ? "depthwise conv"
        : "conv";
  const split = groups > 1 && groups !== channels ? `, ${groups} groups` : "";
  const dilation = square((attrs.dilation ?? [1, 1]) as readonly number[]);
  const apart = dilation === "1×1" ? "" : `, dilation ${dilation}`;
  return `${square(weight.slice(2))} ${name}, ${shape[1]}${split}${strideOf({ op, attrs })}${apart}`;
}

/** As the papers write it: /2 halves a map, ×2 doubles it. */
function strideOf({ op, attrs }: Pick<Node, "op" | "attrs">): string {
  const [rows, columns] = (attrs.stride ?? [1, 1]) as readonly number[];
  if (rows === 1 && columns === 1) return "";
  const step = rows === columns ? `${rows}` : `${rows}×${columns}`;
  return op === "convTranspose2d" ? `, ×${step}` : `, /${step}`;
}

const square = (sizes: readonly number[]): string => formatShape(sizes);

/** Of an op that stands between layers. */
export function opTitle(op: string): BoxTitle {
  const signs: Readonly<Record<string, string>> = {
    add: "+",
    mul: "×",
    sub: "−",
    concat: "concat",
  };
  return { title: signs[op] ?? wordsOf(op), category: op === "matmul" ? "attention" : "merge" };
}
