/**
 * What optimisers share: gradients, clipping, the guard against bad steps, states with stable names, and the
 * learning rate, a state that may be written before each step. An optimiser itself is its recurrence, a `Rule`.
 *
 * A step is part of the graph that makes the loss. Every new value is `where(finite, new, old)` with one scalar
 * `finite`: loss and all gradients are finite, so that a bad step leaves weights, moments, counters and the
 * running statistics of the same forward pass as they were.
 *
 * An optimiser over another (accumulate.ts, lookahead.ts) is a rule over the other's rule; sam.ts makes the loss twice and
 * brings gradients of its own to `apply`.
 */
import { grad } from "../autodiff/grad.ts";
import { ConvkitError } from "../core/error.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import type { Builder } from "../graph/builder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { matchName, type NamePattern } from "../nn/parameters.ts";
import { guardUpdates } from "../nn/pending-updates.ts";
import { Parameter } from "../tensor/parameter.ts";
import { type ClipOptions, clip, globalNorm } from "./clip.ts";

export interface OptimizerOptions {
  /** By default what PyTorch or the paper has, which differs between optimisers. */
  readonly lr?: number;
  /** 0 by default; AdamW, LAMB and Muon have one. */
  readonly weightDecay?: number;
  /** Goes up the gradient instead of down; false by default. */
  readonly maximize?: boolean;
  /** Parameters that weight decay leaves alone; see `biasesAndNorms`; none by default. */
  readonly noDecay?: (parameter: Parameter) => boolean;
  /** The first group that matches a parameter changes its settings; none by default. */
  readonly groups?: readonly ParameterGroup[];
}

export interface ParameterGroup {
  readonly match: NamePattern | ((parameter: Parameter) => boolean);
  readonly lrMultiplier?: number;
  readonly weightDecay?: number;
}

/** A scalar, or what makes it. */
export type Loss = Tensor | (() => Tensor);

export interface StepResult {
  /** As the step found it. */
  readonly loss: Tensor;
  /** √Σ g² over all parameters, before clipping. */
  readonly gradNorm: Tensor;
  /** Whether loss and gradients were sound: a scalar bool. */
  readonly finite: Tensor;
  /** Whether the weights were changed: `finite`, unless gradients are gathered over several runs. */
  readonly updated: Tensor;
}

/** What a rule remembers from step to step. */
export interface States {
  /** A state, filled with `initial`, 0, at first; of the parameter's shape, or a scalar where all share it. */
  state(name: string, initial?: number): Tensor;
  /** Gives a state its next value and returns it. */
  set(name: string, value: Tensor): Tensor;
  /** m ← β·m + (1 − β)·x */
  moment(name: string, beta: number, x: Tensor): Tensor;
}

/** What a rule sees of one parameter. */
export interface Step extends States {
  readonly parameter: Parameter;
  readonly p: Tensor;
  readonly g: Tensor;
  /** Scalar: the present learning rate of this parameter. */
  readonly lr: Tensor;
  readonly weightDecay: number;
  /** g + λ·p: the gradient of the loss with the penalty λ/2·‖p‖². */
  penalized(): Tensor;
  /** p − lr·λ·p: weight decay beside the gradient (Loshchilov and Hutter 2017, arXiv:1711.05101). */
  shrunk(): Tensor;
  /** Whether one of the patterns is the parameter's name. */
  named(patterns: readonly NamePattern[]): boolean;
}

/** Scalars that all parameters share, such as bias corrections: the values of this very step. */
export interface Shared extends States {
  readonly builder: Builder;
  /**
   * c ← β·c + (1 − β), which is 1 − βᵗ: by how much a moment that began at 0 is too small. As a state it needs no
   * counter and no power, and it is exact in f32 where 1 − βᵗ would cancel.
   */
  correction(name: string, beta: number): Tensor;
}

export interface Rule<S = void> {
  readonly name: string;
  readonly begin?: (shared: Shared) => S;
  /** The parameter's next value. */
  readonly update: (step: Step, shared: S) => Tensor;
  /** Where gradients are gathered over several runs: those to go on with, and whether it is time for a step. */
  readonly gather?: (steps: readonly Step[], shared: Shared, finite: Tensor) => Gathered;
}

export interface Gathered {
  readonly gradients: readonly Tensor[];
  /** A scalar bool, false wherever `finite` is. */
  readonly due: Tensor;
}

/** An optimiser by its rule, for its own function and for the trainer's words. */
export interface OptimizerKind<O extends OptimizerOptions = OptimizerOptions> {
  readonly defaults: { readonly lr: number; readonly weightDecay?: number };
  /** Options beside `lr` that are plain data. */
  readonly settings: string;
  readonly rule: (options: O & { readonly lr: number }) => AnyRule;
}

/** Rank 0 and 1: biases, and the scales and shifts of norms. */
export const biasesAndNorms = (parameter: Parameter): boolean => parameter.shape.length < 2;

// biome-ignore lint/suspicious/noExplicitAny: rules of every kind of shared value.
export type AnyRule = Rule<any>;

export class Optimizer {
  readonly name: string;
  /** The base learning rate: what schedules multiply. */
  readonly lr: number;
  readonly options: OptimizerOptions & { readonly lr: number };
  readonly rule: AnyRule;
  readonly #rate: Parameter;
  readonly #states = new Map<string, Parameter>();
  readonly #labels = new Map<Parameter, string>();
  #restored: ReadonlyMap<string, ArrayLike<number>> = new Map();

  constructor(
    rule: AnyRule,
    options: OptimizerOptions & { readonly lr: number; readonly betas?: readonly number[] },
  ) {
    const { lr, weightDecay = 0, betas = [] } = options;
    const fault =
      (!(lr >= 0) && `learning rate ${lr} is negative`) ||
      (!(weightDecay >= 0) && `weight decay ${weightDecay} is negative`) ||
      (betas.some((beta) => !(beta >= 0 && beta < 1)) && `betas ${betas} are not in [0, 1)`);
    if (fault) throw new ConvkitError(rule.name, fault);
    this.rule = rule;
    this.name = rule.name;
    this.lr = lr;
    this.options = options;
    this.#rate = this.#make("lr", [], lr, "f32");
  }

  /** What the next step multiplies with; the programs read it at each run. */
  get learningRate(): number {
    return this.#rate.read()[0];
  }

  setLearningRate(lr: number): void {
    this.#rate.write([lr]);
  }

  /** All states by stable names, `sgd.momentum_buffer.conv1.weight`; complete once a step was traced. */
  state(): Parameter[] {
    return [...this.#states.values()];
  }

  /** Puts states back by name; those that a later trace makes take their value from here, too. */
  restore(values: ReadonlyMap<string, ArrayLike<number>>): void {
    this.#restored = values;
    for (const [name, parameter] of this.#states) {
      const value = values.get(name);
      if (value) parameter.write(value);
    }
  }

  /**
   * Traces gradients of the loss and updates of the trainable parameters into the loss's graph. A function that makes the
   * loss is called as often as the optimiser needs: `sam` does so twice, all others once.
   */
  step(given: Loss, params: readonly Parameter[], options: ClipOptions = {}): StepResult {
    const loss = typeof given === "function" ? given() : given;
    const trained = trainedOf(this.name, params);
    const before = trained.map((parameter) => loss.builder.state(parameter));
    const objective = this.options.maximize ? loss.neg() : loss;
    return this.apply(loss, trained, before, grad(objective, before), options);
  }

  /** The same with gradients from elsewhere, for parameters that had the values `before`. */
  apply(
    loss: Tensor,
    trained: readonly Parameter[],
    before: readonly Tensor[],
    raw: readonly Tensor[],
    options: ClipOptions = {},
  ): StepResult {
    const { builder } = loss;
    // x·0 is 0 for every finite x and NaN for the others.
    const zero = raw.reduce((sum, g) => sum.add(g.mul(0).sum()), loss.mul(0));
    const finite = builder.apply("isFinite", [zero]);
    const steps = (g: readonly Tensor[], good: Tensor) =>
      trained.map((parameter, i) => this.#stepOf(parameter, before[i], g[i], good));
    const { gradients, due } = this.rule.gather?.(
      steps(raw, finite),
      this.#shared(builder, finite),
      finite,
    ) ?? { gradients: raw, due: finite };
    const gradNorm = globalNorm(gradients);

    const shared = this.rule.begin?.(this.#shared(builder, due));
    for (const step of steps(clip(gradients, gradNorm, options), due)) {
      const next = this.rule.update(step, shared);
      // A loss that is traced later sees the new weights as they are, not how they came about.
      const value = builder.apply("stopGradient", [due.where(next, step.p)]);
      builder.update(step.parameter, value);
    }
    guardUpdates(builder, finite);
    return { loss, gradNorm, finite, updated: due };
  }

  /** One of the same settings and more, over another rule. */
  over(rule: AnyRule, more: object): Optimizer {
    return new Optimizer(rule, { ...this.options, ...more });
  }

  #shared(builder: Builder, good: Tensor): Shared {
    const own = states(builder, good, (name) => this.#make(name, [], 0, "f32"));
    return {
      builder,
      ...own,
      correction: (name, beta) => own.moment(name, beta, builder.constant(1)),
    };
  }

  #stepOf(parameter: Parameter, p: Tensor, g: Tensor, good: Tensor): Step {
    const { builder } = p;
    const { shape, dtype } = parameter;
    const label = this.#labelOf(parameter);
    const { multiplier, weightDecay } = this.#settingsOf(parameter);
    const rate = builder.state(this.#rate);
    const lr = multiplier === 1 ? rate : rate.mul(multiplier);
    const ref = (name: string, initial = 0) =>
      this.#make(`${name}.${label}`, shape, initial, dtype);
    return {
      ...{ parameter, p, g, lr, weightDecay },
      ...states(builder, good, ref),
      // Of the step they are called on, which may be one with another rate.
      penalized() {
        return weightDecay === 0 ? g : g.add(p.mul(weightDecay));
      },
      shrunk() {
        return weightDecay === 0 ? p : p.mul(this.lr.mul(weightDecay).rsub(1));
      },
      named: (patterns) => patterns.some((pattern) => matchName(pattern, parameter.name)),
    };
  }

  #settingsOf(parameter: Parameter): { multiplier: number; weightDecay: number } {
    const { groups = [], noDecay, weightDecay = 0 } = this.options;
    const group = groups.find(({ match }) =>
      typeof match === "function" ? match(parameter) : matchName(match, parameter.name),
    );
    return {
      multiplier: group?.lrMultiplier ?? 1,
      weightDecay: noDecay?.(parameter) ? 0 : (group?.weightDecay ?? weightDecay),
    };
  }

  /** Two networks may have parameters of one name; the second is told by a number. */
  #labelOf(parameter: Parameter): string {
    const known = this.#labels.get(parameter);
    if (known) return known;
    const taken = new Set(this.#labels.values());
    let label = parameter.name;
    for (let i = 2; taken.has(label); i++) label = `${parameter.name}#${i}`;
    this.#labels.set(parameter, label);
    return label;
  }

  #make(name: string, shape: Shape, initial: number, dtype: Parameter["dtype"]): Parameter {
    const full = `${this.name}.${name}`;
    const known = this.#states.get(full);
    if (known) return known;
    const values = this.#restored.get(full) ?? new Float64Array(sizeOf(shape)).fill(initial);
    const parameter = new Parameter(full, shape, () => values, { dtype, trainable: false });
    this.#states.set(full, parameter);
    return parameter;
  }
}

/** Options that are left out are the kind's defaults. */
export function optimizerOf<O extends OptimizerOptions>(
  { defaults: { lr, ...others }, rule }: OptimizerKind<O>,
  options: O,
): Optimizer {
  const all = { ...others, ...options, lr: options.lr ?? lr };
  return new Optimizer(rule(all), all);
}

function states(
  builder: Builder,
  good: Tensor,
  ref: (name: string, initial?: number) => Parameter,
): States {
  const state: States["state"] = (name, initial) => builder.state(ref(name, initial));
  // The state gets its next value only if the step is good; the rule goes on with the value itself.
  const set: States["set"] = (name, value) => {
    builder.update(ref(name), good.where(value, state(name)));
    return value;
  };
  const moment: States["moment"] = (name, beta, x) =>
    set(
      name,
      state(name)
        .mul(beta)
        .add(x.mul(1 - beta)),
    );
  return { state, set, moment };
}

/** Those to be trained, each once. */
export function trainedOf(where: string, params: readonly Parameter[]): Parameter[] {
  const trained = [...new Set(params)].filter((parameter) => parameter.trainable);
  if (trained.length > 0) return trained;
  throw new ConvkitError(
    where,
    params.length === 0
      ? "there are no parameters to train — trace the network before parameters(net) is asked"
      : "all parameters are frozen — unfreeze(net) those to be trained",
  );
}
