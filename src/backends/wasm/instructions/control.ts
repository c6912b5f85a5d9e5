/**
 * Control (core specification, 5.4.1). A block gives its body a label; a branch names the label, and the
 * number of blocks in between is counted when the bytes are written, so code may be built in any order.
 */
import {
  type ByteSink,
  type Code,
  type CodeNode,
  Label,
  uleb,
  type ValType,
  valTypeByte,
} from "./code.ts";

/** What stands in a block: code, or a function that makes it and may branch to the label. */
export type Body = Code | ((label: Label) => Code);

const make = (body: Body, label: Label): Code => (typeof body === "function" ? body(label) : body);
const blockType = (result: ValType | undefined): number =>
  result === undefined ? 0x40 : valTypeByte[result];

const structured = (opcode: number, body: Body, result: ValType | undefined): CodeNode => {
  const label = new Label();
  const inside = make(body, label);
  return {
    encode(sink: ByteSink) {
      sink.write([opcode, blockType(result)]);
      sink.writeInside(label, inside);
      sink.write(0x0b);
    },
  };
};

/** A branch to it goes to its end. */
export const block = (body: Body, result?: ValType): Code => structured(0x02, body, result);

/** A branch to it goes to its start; without one it ends after one turn. */
export const loop = (body: Body, result?: ValType): Code => structured(0x03, body, result);

export function if_(condition: Code, then: Body, otherwise?: Body, result?: ValType): Code {
  const label = new Label();
  const yes = make(then, label);
  const no = otherwise === undefined ? undefined : make(otherwise, label);
  return {
    encode(sink: ByteSink) {
      sink.write([condition, 0x04, blockType(result)]);
      sink.writeInside(label, yes);
      if (no !== undefined) {
        sink.write(0x05);
        sink.writeInside(label, no);
      }
      sink.write(0x0b);
    },
  };
}

/** A block by its label, or by how many blocks lie in between. */
type Target = Label | number;

const depth = (target: Target): CodeNode => ({
  encode(sink: ByteSink) {
    sink.write(uleb(typeof target === "number" ? target : sink.depthOf(target)));
  },
});

export const br = (target: Target): Code => [0x0c, depth(target)];
export const br_if = (target: Target, condition: Code): Code => [condition, 0x0d, depth(target)];
export const br_table = (targets: readonly Target[], otherwise: Target, index: Code): Code => [
  index,
  0x0e,
  uleb(targets.length),
  targets.map(depth),
  depth(otherwise),
];

export const return_ = (value: Code = []): Code => [value, 0x0f];
export const call = (func: number, ...args: readonly Code[]): Code => [args, 0x10, uleb(func)];
export const drop = (value: Code): Code => [value, 0x1a];
/** condition ≠ 0 ? a : b, both computed; of any one type. */
export const select = (a: Code, b: Code, condition: Code): Code => [a, b, condition, 0x1b];
export const unreachable: Code = 0x00;
export const nop: Code = 0x01;
