/**
 * Scalar index expressions with bounds: constants fold, and a division or remainder that the bounds decide
 * disappears, so that most accesses end as affine functions of the loop variables.
 */
import type { Guard, Index } from "../graph/lower.ts";

type Bounds = { min: number; max: number };

export const boundsOf = (i: Index): Bounds => {
  if (i.kind === "const") return { min: i.value, max: i.value };
  if (i.kind === "var") return { min: 0, max: i.extent - 1 };
  return { min: i.min, max: i.max };
};

export const constIndex = (value: number): Index => ({ kind: "const", value });

export function addIndex(a: Index, b: Index | number): Index {
  const right = typeof b === "number" ? constIndex(b) : b;
  if (a.kind === "const" && right.kind === "const") return constIndex(a.value + right.value);
  if (a.kind === "const") return a.value === 0 ? right : addIndex(right, a);
  if (right.kind === "const") {
    if (right.value === 0) return a;
    if (a.kind === "add" && a.b.kind === "const") return addIndex(a.a, a.b.value + right.value);
  }
  const [x, y] = [boundsOf(a), boundsOf(right)];
  return { kind: "add", a, b: right, min: x.min + y.min, max: x.max + y.max };
}

export function mulIndex(a: Index, factor: number): Index {
  if (a.kind === "const") return constIndex(a.value * factor);
  if (factor === 1) return a;
  if (factor === 0) return constIndex(0);
  if (a.kind === "add") return addIndex(mulIndex(a.a, factor), mulIndex(a.b, factor));
  if (a.kind === "mul" && a.b.kind === "const") return mulIndex(a.a, a.b.value * factor);
  const { min, max } = boundsOf(a);
  const ends = [min * factor, max * factor];
  return {
    kind: "mul",
    a,
    b: constIndex(factor),
    min: Math.min(...ends),
    max: Math.max(...ends),
  };
}

/** Splits a sum into terms that `divisor` divides and the rest. */
function splitMultiples(a: Index, divisor: number): { multiple: Index; rest: Index } | undefined {
  const terms: Index[] = [];
  const collect = (i: Index): void => {
    if (i.kind === "add") {
      collect(i.a);
      collect(i.b);
    } else terms.push(i);
  };
  collect(a);
  let multiple: Index = constIndex(0);
  let rest: Index = constIndex(0);
  for (const term of terms) {
    const factor = term.kind === "const" ? term.value : term.kind === "mul" ? factorOf(term) : 1;
    if (factor % divisor === 0) {
      const quotient =
        term.kind === "const"
          ? constIndex(factor / divisor)
          : mulIndex((term as { a: Index }).a, factor / divisor);
      multiple = addIndex(multiple, quotient);
    } else rest = addIndex(rest, term);
  }
  const bounds = boundsOf(rest);
  return bounds.min >= 0 && bounds.max < divisor ? { multiple, rest } : undefined;
}

const factorOf = (i: Index): number =>
  i.kind === "mul" && i.b.kind === "const" ? i.b.value : Number.NaN;

/** Floor division of a non-negative index. */
export function divIndex(a: Index, divisor: number): Index {
  if (divisor === 1) return a;
  if (a.kind === "const") return constIndex(Math.floor(a.value / divisor));
  const split = splitMultiples(a, divisor);
  if (split) return split.multiple;
  const { min, max } = boundsOf(a);
  return {
    kind: "div",
    a,
    b: constIndex(divisor),
    min: Math.floor(min / divisor),
    max: Math.floor(max / divisor),
  };
}

export function modIndex(a: Index, divisor: number): Index {
  if (divisor === 1) return constIndex(0);
  if (a.kind === "const") return constIndex(((a.value % divisor) + divisor) % divisor);
  const split = splitMultiples(a, divisor);
  if (split) return split.rest;
  return { kind: "mod", a, b: constIndex(divisor), min: 0, max: divisor - 1 };
}

/** Replaces variables by expressions. */
export function substituteIndex(i: Index, map: ReadonlyMap<number, Index>): Index {
  switch (i.kind) {
    case "const":
      return i;
    case "var":
      return map.get(i.id) ?? i;
    case "add":
      return addIndex(substituteIndex(i.a, map), substituteIndex(i.b, map));
    case "mul":
      return mulIndex(substituteIndex(i.a, map), factorOf(i));
    case "div":
      return divIndex(substituteIndex(i.a, map), (i.b as { value: number }).value);
    case "mod":
      return modIndex(substituteIndex(i.a, map), (i.b as { value: number }).value);
  }
}

/** Guards that the bounds decide: dropped when true; `undefined` when one can never hold. */
export function simplifyGuards(guards: readonly Guard[]): Guard[] | undefined {
  const kept: Guard[] = [];
  for (const guard of guards) {
    const { min, max } = boundsOf(guard.index);
    if (max < guard.low || min >= guard.high) return undefined;
    if (min < guard.low || max >= guard.high) kept.push(guard);
  }
  return kept;
}

export interface Affine {
  readonly constant: number;
  /** Coefficient by variable id. */
  readonly terms: ReadonlyMap<number, number>;
}

/** The index as constant + Σ coefficient·variable, or undefined when a division is left. */
export function affineOf(i: Index): Affine | undefined {
  const terms = new Map<number, number>();
  let constant = 0;
  const walk = (node: Index, factor: number): boolean => {
    switch (node.kind) {
      case "const":
        constant += factor * node.value;
        return true;
      case "var":
        terms.set(node.id, (terms.get(node.id) ?? 0) + factor);
        return true;
      case "add":
        return walk(node.a, factor) && walk(node.b, factor);
      case "mul":
        return walk(node.a, factor * factorOf(node));
      default:
        return false;
    }
  };
  return walk(i, 1) ? { constant, terms } : undefined;
}

/** Text of an index, unique to its structure. */
export function indexKey(i: Index): string {
  if (i.kind === "const") return String(i.value);
  if (i.kind === "var") return `v${i.id}`;
  return `(${indexKey(i.a)}${{ add: "+", mul: "*", div: "/", mod: "%" }[i.kind]}${indexKey(i.b)})`;
}
