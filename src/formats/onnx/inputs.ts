/** How an imported network is fed. */
import type { Shape } from "../../core/shape.ts";
import type { ImportedInput } from "../imported-model.ts";
import { knownType } from "./known.ts";
import type { NodeProto, ValueInfoProto } from "./proto.ts";

export type Input = ImportedInput & {
  /** The file wants images as N×H×W×C; we feed all as N×C×H×W. */
  readonly channelsLast: boolean;
};

interface InputOptions {
  /** The shape that was asked for. */
  readonly wished: Shape | undefined;
  readonly batched: boolean;
  readonly channelsLast: boolean;
  readonly fail: (message: string) => never;
}

/** The file's shape without the batch axis, images with the channels first. */
export function inputOf(
  { name, type = "float", shape }: ValueInfoProto,
  { wished, batched, channelsLast, fail }: InputOptions,
): Input {
  const own = batched ? shape?.slice(1) : shape;
  const ordered = channelsLast && own ? [own[2], own[0], own[1]] : own;
  const isAsked = wished && (ordered === undefined || wished.length === ordered.length);
  const sizes = (isAsked ? wished : ordered)?.map((size) =>
    typeof size === "number" && size > 0 ? size : undefined,
  );
  if (sizes?.every((size) => size !== undefined) && (shape?.length !== 0 || !batched)) {
    return { name, shape: sizes, dtype: knownType(type), channelsLast };
  }
  const told = shape?.map((size) => size || "?").join("×") ?? "of any shape";
  return fail(
    `its input "${name}" is ${told} — say the size of one example with inputShape, such as 3×224×224`,
  );
}

/** What may stand between an input and its transposition: an image is scaled first. */
const PASSED: readonly string[] = ["Identity", "Cast", "Add", "Sub", "Mul", "Div"];

/** The inputs whose images are brought into our order by the file itself, as converters from TensorFlow do. */
export function channelsLastInputs(nodes: readonly NodeProto[], inputs: readonly string[]) {
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
  const found = new Set<string>();
  for (const { opType, attributes, inputs: taken } of nodes) {
    const perm = attributes.find(({ name }) => name === "perm")?.value;
    if (opType !== "Transpose" || String(perm) !== "0,3,1,2") continue;
    let [name] = taken;
    for (let steps = 0; steps <= PASSED.length; steps++) {
      const before = producers.get(name);
      if (!before || !PASSED.includes(before.opType)) break;
      name = before.inputs.find((input) => inputs.includes(input) || producers.has(input)) ?? name;
    }
    if (inputs.includes(name)) found.add(name);
  }
  return found;
}
