/**
 * Where an element of a tensor lies: base + 4·(constant + Σ stride·variable), as far as its index is linear.
 */
import { ConvkitError } from "../../../core/error.ts";
import { affineOf } from "../../../loops/index-expr.ts";
import type { Code, Local } from "../assembler.ts";
import type { Target } from "../target.ts";
import type { ElementContext, Load } from "./context.ts";
import type { Terms } from "./streams.ts";

export interface LinearIndex {
  readonly constant: number;
  readonly terms: Terms;
}

/** The load's index in elements, lanes left out; undefined when it is not linear. */
export function linearIndex(context: ElementContext, e: Load): LinearIndex | undefined {
  const { layout, type } = context.target.place(e.tensor);
  let constant = 0;
  const terms = new Map<number, number>();
  for (let axis = 0; axis < e.at.length; axis++) {
    const at = e.at[axis];
    if ("dtype" in at) return undefined;
    if (layout.lanes && axis === 0) {
      if (at.kind === "var" && at.batch) continue;
      return undefined;
    }
    if (type.shape[axis] === 1) continue;
    const affine = affineOf(at);
    if (!affine) return undefined;
    constant += affine.constant * layout.strides[axis];
    for (const [id, factor] of affine.terms) {
      if (context.merged.has(id)) continue;
      const sum = (terms.get(id) ?? 0) + factor * layout.strides[axis];
      if (sum === 0) terms.delete(id);
      else terms.set(id, sum);
    }
  }
  return { constant, terms };
}

/** The address of a tensor whose axis 0 counts image blocks, at the given block. */
export function blockAddress(target: Target, tensor: number, block: Local): Code {
  const { pointer } = target;
  const stride = pointer.const(target.place(tensor).layout.strides[0] * 4);
  return pointer.add(target.address(tensor), pointer.mul(pointer.from32(block.get()), stride));
}

/** Where the chunk's part of a tensor begins. */
export function chunkAddress({ target, block }: ElementContext, tensor: number): Code {
  const { lanes } = target.place(tensor).layout;
  return lanes && block ? blockAddress(target, tensor, block) : target.address(tensor);
}

/** The address that the counters of the open loops lead to. */
export function addressOf(context: ElementContext, tensor: number, terms: Terms): Code {
  const { pointer } = context.target;
  let code = chunkAddress(context, tensor);
  for (const [id, factor] of terms) {
    const counter = context.counters.get(id);
    if (!counter) throw new ConvkitError("wasm", `no loop for variable ${id}`);
    const offset = pointer.mul(pointer.from32(counter.get()), pointer.const(factor * 4));
    code = pointer.add(code, offset);
  }
  return code;
}
