/**
 * Layers and networks. A module is a class whose fields hold its children and whose `forward` is traced over
 * symbolic tensors; its parameters come into being at the first trace, when the input's size is known, and
 * stay with the module, so that every program that calls it shares them. Field paths are PyTorch's names:
 * `layer1.0.conv1.weight`.
 */
import type { DType } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import { Random } from "../core/random.ts";
import { formatShape, type Shape, sameShape } from "../core/shape.ts";
import type { Builder, ModuleCall } from "../graph/builder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { userLine } from "../graph/user-line.ts";
import { Parameter } from "../tensor/parameter.ts";
import type { Init } from "./init/initializer.ts";
import { recordUpdate } from "./pending-updates.ts";

/** What a forward pass is for; it is handed down explicitly, there is no global switch. */
export interface Mode {
  readonly training: boolean;
  /** Random key of this step, i32[2]; dropout needs it in training. */
  readonly key?: Tensor;
  /** Modules that run as in evaluation while the rest trains, with all that they call. */
  readonly frozen?: ReadonlySet<AnyModule>;
}

/** A parameter or buffer with what it takes to draw its initial value again. */
export interface OwnState {
  readonly kind: "parameter" | "buffer";
  readonly parameter: Parameter;
  readonly init: Init;
  /** The path that the initial value is drawn for. */
  readonly path: string;
  /** Whether it is saved with the network. */
  readonly persistent: boolean;
}

/** What a layer may ask for while it is traced. */
export interface StateMaker {
  readonly mode: Mode;
  param(name: string, shape: Shape, init: Init): Tensor;
  buffer(name: string, shape: Shape, init: Init, options?: BufferOptions): Tensor;
  updateBuffer(name: string, value: Tensor): void;
}

export interface BufferOptions {
  readonly dtype?: DType;
  /** False for a table that follows from the layer's settings: it is not saved, and no file need have it. */
  readonly persistent?: boolean;
}

/**
 * Makes a parameter of this shape out of others, as weight normalisation does. `init` gives the value that the
 * parameter had, or would begin with; a parametrisation that starts from it changes no output.
 */
export type Parametrization = (states: StateMaker, shape: Shape, init: Init) => Tensor;

/** A parametrisation of a layer. */
export interface Parametrized {
  readonly make: Parametrization;
  /** The parameter that it replaced, if that was made already. */
  replaced: OwnState | undefined;
  /** What the layer asked for at its last trace. */
  asked?: { readonly shape: Shape; readonly init: Init };
}

/** A call that is being traced: where `param` and `buffer` belong. */
interface Frame {
  readonly builder: Builder;
  readonly mode: Mode;
  /** Undefined for a module that no field of the enclosing modules holds. */
  readonly path: string | undefined;
  /** Where the modules below stand, as far as a call within has asked. */
  below: ReadonlyMap<AnyModule, string>;
}

const join = (path: string | undefined, name: string): string => (path ? `${path}.${name}` : name);

/** A module of any number of inputs: its name, its children and its states. */
export abstract class AnyModule {
  readonly #states = new Map<string, OwnState>();
  readonly #frames: Frame[] = [];
  /** Parameters that are made of others, by name: see parametrize.ts. */
  readonly parametrized = new Map<string, Parametrized>();
  #seed = 0;

  /** What the layer is called in summaries: `conv2d`. */
  get kind(): string {
    return this.constructor.name;
  }

  /** Children by name, in the order of the fields; an array's elements are `name.0`, `name.1`, …. */
  namedChildren(): [string, AnyModule][] {
    const found: [string, AnyModule][] = [];
    const visit = (name: string, value: unknown) => {
      if (value instanceof AnyModule) found.push([name, value]);
      else if (Array.isArray(value)) {
        for (const [i, element] of value.entries()) visit(`${name}.${i}`, element);
      }
    };
    for (const [name, value] of Object.entries(this)) visit(name, value);
    return found;
  }

  /** Its own parameters and buffers by name, without those of its children. Only parametrizations change the map. */
  get ownStates(): Map<string, OwnState> {
    return this.#states;
  }

  /** What a state is called in files: its path, as in PyTorch. Networks out of files may keep the names that these have. */
  stateName(path: string, name: string): string {
    return join(path, name);
  }

  /** The seed of initial values; those that exist are drawn anew. */
  reseed(seed: number): void {
    this.#seed = seed;
    for (const parametrized of this.parametrized.values()) parametrized.replaced = undefined;
    for (const { parameter, init, path } of this.#states.values()) {
      parameter.reset(() => init(parameter.shape, new Random(seed, path)));
    }
  }

  /** The parameter of this name as a tensor; made at the first trace. Only within `forward`. */
  protected param(name: string, shape: Shape, init: Init): Tensor {
    const parametrized = this.parametrized.get(name);
    if (!parametrized) return this.#state("parameter", name, shape, init);
    parametrized.asked = { shape, init };
    const { mode, path } = this.#frame(name);
    const states: StateMaker = {
      mode,
      param: (...of) => this.#state("parameter", ...of),
      buffer: (...of) => this.#state("buffer", ...of),
      updateBuffer: (...of) => this.updateBuffer(...of),
    };
    const { replaced } = parametrized;
    if (replaced) this.#checkShape(replaced.parameter, shape);
    // A reseeding in between forgets what was replaced.
    const value: Init = () =>
      parametrized.replaced?.parameter.read() ??
      init(shape, new Random(this.#seed, join(path, name)));
    return parametrized.make(states, shape, value);
  }

  /** The buffer of this name: kept and saved like a parameter, but not trained. */
  protected buffer(name: string, shape: Shape, init: Init, options?: BufferOptions): Tensor {
    return this.#state("buffer", name, shape, init, options);
  }

  /** Gives a buffer its value after this step; a guarded optimiser takes it back when the step fails. */
  protected updateBuffer(name: string, value: Tensor): void {
    const state = this.#states.get(name);
    if (state?.kind !== "buffer") {
      throw new ConvkitError(this.kind, `has no buffer "${name}" — make it with buffer(…) first`);
    }
    recordUpdate(this.#frame(name).builder, state.parameter, value);
  }

  /** Runs `body` within the scope of this module's path and records the call for summaries. */
  protected traceCall(inputs: readonly Tensor[], mode: Mode, body: () => Tensor): Tensor {
    const [{ builder }] = inputs;
    const frame: Frame = { builder, mode, path: this.#findPath(builder), below: new Map() };
    const path = frame.path ?? `${builder.scope}.${this.kind}`;
    const parent = builder.innermost;
    const call: ModuleCall = {
      ...{ path, kind: this.kind, module: this, inputs, parent },
      output: undefined,
    };
    const place = builder.calls.push(call) - 1;
    builder.innermost = call;
    this.#frames.push(frame);
    try {
      call.output = builder.within(path, body);
      this.#checkParametrized();
      return call.output;
    } catch (error) {
      builder.calls.length = place;
      if (error instanceof ConvkitError && !error.message.includes(" (at ")) {
        const line = userLine(error.stack ?? "");
        if (line) error.message += ` (at ${line})`;
      }
      throw error;
    } finally {
      this.#frames.pop();
      builder.innermost = parent;
    }
  }

  /** The path below the outermost module being called; "" when it is the outermost itself. */
  #findPath(builder: Builder): string | undefined {
    if (!builder.innermost) return "";
    for (let call: ModuleCall | undefined = builder.innermost; call; call = call.parent) {
      const below = (call.module as AnyModule).#pathBelow(this);
      if (below !== undefined) return join(call.path, below);
    }
    return undefined;
  }

  /** A call nearly always goes to a child; a module that is not known may have come into being since. */
  #pathBelow(wanted: AnyModule): string | undefined {
    const frame = this.#frames.at(-1) as Frame;
    if (!frame.below.has(wanted)) {
      frame.below = new Map(
        this.namedChildren()
          .toReversed()
          .map(([name, child]) => [child, name]),
      );
    }
    if (!frame.below.has(wanted)) frame.below = pathsBelow(this);
    return frame.below.get(wanted);
  }

  #state(
    kind: OwnState["kind"],
    name: string,
    shape: Shape,
    init: Init,
    { dtype = "f32", persistent = true }: BufferOptions = {},
  ): Tensor {
    const { builder, path } = this.#frame(name);
    const known = this.#states.get(name);
    if (known) {
      this.#checkShape(known.parameter, shape);
      return builder.state(known.parameter);
    }
    if (path === undefined) {
      throw new ConvkitError(
        this.kind,
        `is called inside "${builder.scope}" but is none of its fields, so its ${name} would be ` +
          "lost after this trace — keep it in a field of the module that calls it",
      );
    }
    const full = this.stateName(path, name);
    const initial = () => init(shape, new Random(this.#seed, full));
    const parameter = new Parameter(full, [...shape], initial, {
      dtype,
      trainable: kind === "parameter",
    });
    this.#states.set(name, { kind, parameter, init, path: full, persistent });
    return builder.state(parameter);
  }

  #checkShape(parameter: Parameter, shape: Shape): void {
    if (sameShape(parameter.shape, shape)) return;
    throw new ConvkitError(
      this.kind,
      `${parameter.name} is ${formatShape(parameter.shape)}, this input needs ` +
        `${formatShape(shape)} — feed inputs of the size the network was made for, or make another`,
    );
  }

  /** A misspelt name would else do nothing. */
  #checkParametrized(): void {
    for (const [name, { asked }] of this.parametrized) {
      if (asked) continue;
      throw new ConvkitError(
        this.kind,
        `has no parameter "${name}" to parametrize — it has ${[...this.#states.keys()].join(", ")}`,
      );
    }
  }

  #frame(name: string): Frame {
    const frame = this.#frames.at(-1);
    if (frame) return frame;
    throw new ConvkitError(
      this.kind,
      `"${name}" was asked for outside a trace — use layer.call(x, mode), not layer.forward`,
    );
  }
}

/** A module that takes `Inputs` and gives one tensor. */
export abstract class Module<
  Inputs extends readonly Tensor[] = readonly [Tensor],
> extends AnyModule {
  abstract forward(...args: [...inputs: Inputs, mode: Mode]): Tensor;

  /** Traces `forward`; tensors first, then the mode. */
  call(...args: [...inputs: Inputs, mode: Mode]): Tensor {
    const inputs = args.slice(0, -1) as unknown as Inputs;
    const given = args.at(-1) as Mode;
    if (inputs.length === 0 || typeof given?.training !== "boolean") {
      throw new ConvkitError(this.kind, "takes tensors and then the mode — layer.call(x, mode)");
    }
    const mode = given.frozen?.has(this) ? { training: false } : given;
    return this.traceCall(inputs, mode, () => this.forward(...inputs, mode));
  }
}

/** The shortest path of every module below `root`. */
function pathsBelow(root: AnyModule): Map<AnyModule, string> {
  const paths = new Map<AnyModule, string>([[root, ""]]);
  // Breadth first; a map goes on with what is added while it is walked.
  for (const [module, path] of paths) {
    for (const [name, child] of module.namedChildren()) {
      if (!paths.has(child)) paths.set(child, join(path, name));
    }
  }
  paths.delete(root);
  return paths;
}
