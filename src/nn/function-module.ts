/**
 * A layer written as a function of tensors, for those who would rather not write a class:
 *
 *     const scale = () => module("Scale", (x, m) => x.mul(m.param("weight", [1], init.ones())));
 */
import type { Tensor } from "../graph/tensor.ts";
import { type AnyModule, type Mode, Module, type StateMaker } from "./module.ts";
import { namedModules } from "./parameters.ts";

/** What the function may ask its module for. */
export interface Maker extends StateMaker {
  /** A layer within this one: made by `make` at the first trace, the same ever after. */
  child<M extends AnyModule>(name: string, make: () => M): M;
}

export class FunctionModule<
  Inputs extends readonly Tensor[] = readonly [Tensor],
> extends Module<Inputs> {
  readonly #kind: string;
  readonly #body: (...args: [...inputs: Inputs, m: Maker]) => Tensor;
  readonly #children = new Map<string, AnyModule>();
  #childSeed = 0;

  constructor(kind: string, body: (...args: [...inputs: Inputs, m: Maker]) => Tensor) {
    super();
    this.#kind = kind;
    this.#body = body;
  }

  override get kind(): string {
    return this.#kind;
  }

  override namedChildren(): [string, AnyModule][] {
    return [...this.#children];
  }

  override reseed(seed: number): void {
    super.reseed(seed);
    this.#childSeed = seed;
  }

  forward(...args: [...inputs: Inputs, mode: Mode]): Tensor {
    const maker: Maker = {
      mode: args.at(-1) as Mode,
      param: (...of) => this.param(...of),
      buffer: (...of) => this.buffer(...of),
      updateBuffer: (...of) => this.updateBuffer(...of),
      child: <M extends AnyModule>(name: string, make: () => M): M => {
        const known = this.#children.get(name);
        if (known) return known as M;
        const made = make();
        for (const [, module] of namedModules(made)) module.reseed(this.#childSeed);
        this.#children.set(name, made);
        return made;
      },
    };
    const inputs = args.slice(0, -1) as unknown as Inputs;
    return this.#body(...([...inputs, maker] as [...inputs: Inputs, m: Maker]));
  }
}

export const module = <Inputs extends readonly Tensor[] = readonly [Tensor]>(
  kind: string,
  body: (...args: [...inputs: Inputs, m: Maker]) => Tensor,
): FunctionModule<Inputs> => new FunctionModule<Inputs>(kind, body);
