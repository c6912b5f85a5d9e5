/**
 * ONNX's Einsum, Einstein's summation: each axis of each operand has a letter, and what the result does not name is summed
 * over. Operands are taken two by two, as products of matrices whose rows, columns and sums are the letters of one, the other
 * and both.
 */
import { sizeOf } from "../../../core/shape.ts";
import type { Call, Operator } from "../call.ts";
import { along, elementwise, reshaped, shapeOf, type Value } from "../value.ts";
import { transposed } from "./movement.ts";
import { product } from "./product.ts";

/** A value whose axes have letters; those that an ellipsis stands for are numbered from the last, "…0", "…1". */
interface Labelled {
  readonly value: Value;
  readonly labels: readonly string[];
}

export const einsum: Operator = (call) => {
  const equation = call.text("equation", "").replaceAll(" ", "");
  const [left, right] = equation.split("->");
  const terms = left.split(",");
  const values = call.values();
  if (terms.length !== values.length) {
    call.fail(
      `"${equation}" is for ${terms.length} operands, not ${values.length} — the file is damaged`,
    );
  }
  const ranks = values.map((value) => shapeOf(value).length);
  const most = Math.max(...terms.map((term, i) => ranks[i] - letters(term).length), 0);
  const operands = values.map((value, i): Labelled => {
    const labels = labelsOf(terms[i], ranks[i] - letters(terms[i]).length);
    if (labels.length !== ranks[i] || new Set(labels).size !== ranks[i]) {
      call.fail(`"${equation}" wants diagonals, or is for other operands — not supported`);
    }
    return { value, labels };
  });
  const wanted = right === undefined ? impliedLabels(operands, most) : labelsOf(right, most);
  const [first, ...others] = operands;
  const last = others.reduce((a, b, i) => {
    const later = others.slice(i + 1).flatMap(({ labels }) => labels);
    return contracted(call, a, b, [...wanted, ...later]);
  }, first);
  const summed = summedOver(last, wanted);
  if (wanted.some((label) => !summed.labels.includes(label))) {
    call.fail(`"${equation}" names an axis that no operand has — the file is damaged`);
  }
  return arranged(summed, wanted);
};

const letters = (term: string): string => term.replace("...", "");

/** `count` axes are those of the ellipsis. */
function labelsOf(term: string, count: number): string[] {
  const [before, after] = term.split("...");
  if (after === undefined) return [...before];
  const between = Array.from({ length: Math.max(0, count) }, (_, i) => `…${count - 1 - i}`);
  return [...before, ...between, ...after];
}

/** Without an arrow: the ellipsis, then letters that stand once, in the order of the alphabet. */
function impliedLabels(operands: readonly Labelled[], most: number): string[] {
  const all = operands.flatMap(({ labels }) => labels).filter((label) => label.length === 1);
  const once = all.filter((label) => all.indexOf(label) === all.lastIndexOf(label));
  return [...labelsOf("...", most), ...once.sort()];
}

/** Without the axes that nothing else names. */
function summedOver({ value, labels }: Labelled, needed: readonly string[]): Labelled {
  const gone = labels.flatMap((label, i) => (needed.includes(label) ? [] : [i]));
  if (gone.length === 0) return { value, labels };
  const kept = labels.filter((label) => needed.includes(label));
  const sums = along(value, gone, (x, axes) => x.sum(axes, true));
  const shape = shapeOf(value).filter((_, i) => !gone.includes(i));
  return { value: reshaped(sums, shape), labels: kept };
}

function arranged({ value, labels }: Labelled, order: readonly string[]): Value {
  const perm = order.map((label) => labels.indexOf(label));
  return perm.every((axis, i) => axis === i) ? value : transposed(value, perm);
}

/** The product of two, summed over what neither the result nor a later operand needs. */
function contracted(call: Call, a: Labelled, b: Labelled, needed: readonly string[]): Labelled {
  // Images on the left: times weights, these are a linear layer.
  if (!a.value.tensor.batched && b.value.tensor.batched) return contracted(call, b, a, needed);
  const left = summedOver(a, [...needed, ...b.labels]);
  const right = summedOver(b, [...needed, ...a.labels]);
  const shared = left.labels.filter((label) => right.labels.includes(label));
  const sums = shared.filter((label) => !needed.includes(label));
  const both = shared.filter((label) => needed.includes(label));
  const rows = left.labels.filter((label) => !shared.includes(label));
  const columns = right.labels.filter((label) => !shared.includes(label));
  const sizes = (from: Labelled, labels: readonly string[]) =>
    labels.map((label) => shapeOf(from.value)[from.labels.indexOf(label)]);
  const labels = [...both, ...rows, ...columns];
  const [m, n] = [sizes(left, rows), sizes(right, columns)];
  const ones = (count: number) => new Array<number>(count).fill(1);
  if (sums.length === 0) {
    const x = reshaped(arranged(left, [...both, ...rows]), [
      ...sizes(left, both),
      ...m,
      ...ones(n.length),
    ]);
    const y = reshaped(arranged(right, [...both, ...columns]), [
      ...sizes(right, both),
      ...ones(m.length),
      ...n,
    ]);
    return { value: elementwise([x, y], (p, q) => p.mul(q)), labels };
  }
  const x = reshaped(arranged(left, [...both, ...rows, ...sums]), [
    ...sizes(left, both),
    sizeOf(m),
    sizeOf(sizes(left, sums)),
  ]);
  const y = reshaped(arranged(right, [...both, ...sums, ...columns]), [
    ...sizes(right, both),
    sizeOf(sizes(right, sums)),
    sizeOf(n),
  ]);
  const value = product(call, x, y);
  return { value: reshaped(value, [...shapeOf(value).slice(0, both.length), ...m, ...n]), labels };
}
