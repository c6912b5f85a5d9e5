/** What a node says of how it is to be computed: attributes, and inputs whose numbers are known. */
import { ConvkitError } from "../../core/error.ts";
import type { Known } from "./known.ts";
import type { AttributeProto, NodeProto, TensorProto } from "./proto.ts";

export abstract class Arguments {
  readonly node: NodeProto;
  /** Version of the standard's operator set. */
  readonly opset: number;
  readonly #attributes: ReadonlyMap<string, AttributeProto>;

  constructor(node: NodeProto, opset: number) {
    this.node = node;
    this.opset = opset;
    this.#attributes = new Map(node.attributes.map((attribute) => [attribute.name, attribute]));
  }

  /** The numbers of an input that is there; undefined where they are not known before the network runs. */
  abstract knownAt(input: number): Known | undefined;

  /** How many results are asked for. */
  get results(): number {
    return this.node.outputs.length;
  }

  has(input: number): boolean {
    return (this.node.inputs[input] ?? "") !== "";
  }

  /** An optional input that holds sizes, axes or scales; undefined where it is left out. */
  numbers(input: number): number[] | undefined {
    if (!this.has(input)) return undefined;
    const known = this.knownAt(input);
    if (known) return Array.from(known.data);
    return this.fail(
      `its input "${this.node.inputs[input]}" has to be known before the network runs — ` +
        "sizes that depend on what is fed are not supported",
    );
  }

  /** A list that came as an attribute in older versions, and as an input in later ones. */
  either(attribute: string, input: number): readonly number[] | undefined {
    return this.list(attribute) ?? this.numbers(input);
  }

  number(attribute: string, otherwise: number): number {
    const found = this.#find(attribute, ["int", "float"]);
    return (found as number | undefined) ?? otherwise;
  }

  flag(attribute: string, otherwise = false): boolean {
    return this.number(attribute, Number(otherwise)) === 1;
  }

  list(attribute: string): readonly number[] | undefined {
    return this.#find(attribute, ["ints", "floats"]) as readonly number[] | undefined;
  }

  text(attribute: string, otherwise: string): string {
    return (this.#find(attribute, ["string"]) as string | undefined) ?? otherwise;
  }

  tensor(attribute: string): TensorProto | undefined {
    return this.#find(attribute, ["tensor"]) as TensorProto | undefined;
  }

  /** `count`, where so many things can be made; a damaged file may claim billions. */
  bounded(count: number, most = 2 ** 22): number {
    if (count >= 0 && count <= most) return count;
    return this.fail(`would have to make ${count} values — the file is damaged`);
  }

  /** Refuses, naming the node; `message` ends in what to do. */
  fail(message: string): never {
    throw new ConvkitError("onnx", `${nodeTitle(this.node)}: ${message}`);
  }

  #find(name: string, types: readonly AttributeProto["type"][]): AttributeProto["value"] {
    const attribute = this.#attributes.get(name);
    if (!attribute) return undefined;
    if (types.includes(attribute.type)) return attribute.value;
    return this.fail(
      `its attribute ${name} is of type ${attribute.type}, not ${types[0]} — the file is damaged`,
    );
  }
}

/** `Conv "layer1.0/conv1"`. */
export const nodeTitle = ({ opType, name, outputs }: NodeProto): string =>
  `${opType} "${name || outputs[0]}"`;
