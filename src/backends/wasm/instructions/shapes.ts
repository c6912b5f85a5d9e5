/**
 * The few shapes that instructions have: so many operands, an opcode, immediates. Tables of instructions are
 * written with them. Operands come in the order of the specification.
 */
import { type Code, flatten, uleb } from "./code.ts";

/** An opcode: one byte, or a prefix (0xfc, 0xfd, 0xfe) and a number in LEB128. */
const opcode = (prefixOrByte: number, number?: number): Code =>
  number === undefined ? prefixOrByte : flatten([prefixOrByte, uleb(number)]);

export type Unary = (a: Code) => Code;
export type Binary = (a: Code, b: Code) => Code;
export type Ternary = (a: Code, b: Code, c: Code) => Code;
/** `align` is a promise in bytes, a power of two; the access is right without it. */
export type Load = (address: Code, offset?: number, align?: number) => Code;
export type Store = (address: Code, value: Code, offset?: number, align?: number) => Code;
export type LoadLane = (
  address: Code,
  vector: Code,
  lane: number,
  offset?: number,
  align?: number,
) => Code;
export type ExtractLane = (a: Code, lane: number) => Code;
export type ReplaceLane = (a: Code, lane: number, value: Code) => Code;

export function unary(op: number, sub?: number): Unary {
  const bytes = opcode(op, sub);
  return (a) => [a, bytes];
}

export function binary(op: number, sub?: number): Binary {
  const bytes = opcode(op, sub);
  return (a, b) => [a, b, bytes];
}

export function ternary(op: number, sub?: number): Ternary {
  const bytes = opcode(op, sub);
  return (a, b, c) => [a, b, c, bytes];
}

/** The immediates of an access: log₂ of the alignment, then the offset. */
const memarg = (offset: number, align: number): Code => [Math.log2(align), uleb(offset)];

export function load(natural: number, op: number, sub?: number): Load {
  const bytes = opcode(op, sub);
  return (address, offset = 0, align = natural) => [address, bytes, memarg(offset, align)];
}

export function store(natural: number, op: number, sub?: number): Store {
  const bytes = opcode(op, sub);
  return (address, value, offset = 0, align = natural) => [
    address,
    value,
    bytes,
    memarg(offset, align),
  ];
}

/** Loads or stores one lane; the vector is an operand either way. */
export function lane(natural: number, op: number, sub?: number): LoadLane {
  const bytes = opcode(op, sub);
  return (address, vector, index, offset = 0, align = natural) => [
    address,
    vector,
    bytes,
    memarg(offset, align),
    index,
  ];
}

export function extractLane(op: number, sub?: number): ExtractLane {
  const bytes = opcode(op, sub);
  return (a, index) => [a, bytes, index];
}

export function replaceLane(op: number, sub?: number): ReplaceLane {
  const bytes = opcode(op, sub);
  return (a, index, value) => [a, value, bytes, index];
}

/** Atomic accesses must state their natural alignment exactly. */
export function atomicLoad(natural: number, sub: number): (address: Code, offset?: number) => Code {
  const bytes = opcode(0xfe, sub);
  return (address, offset = 0) => [address, bytes, memarg(offset, natural)];
}

export function atomicStore(
  natural: number,
  sub: number,
): (address: Code, value: Code, offset?: number) => Code {
  const bytes = opcode(0xfe, sub);
  return (address, value, offset = 0) => [address, value, bytes, memarg(offset, natural)];
}

/** Two operands after the address: compare-and-exchange and the waits. */
export function atomicTernary(
  natural: number,
  sub: number,
): (address: Code, a: Code, b: Code, offset?: number) => Code {
  const bytes = opcode(0xfe, sub);
  return (address, a, b, offset = 0) => [address, a, b, bytes, memarg(offset, natural)];
}
