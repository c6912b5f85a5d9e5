/**
 * A function of tensors, traced once for each combination of input shapes and run as a program. Parameters that
 * the function meets belong to their modules: all compiled functions that touch a module share its buffers.
 *
 * The leading size of batched inputs is the number of images; any number up to the program's capacity runs in
 * the same program. Programs are kept by shape, the least recently used goes first when there are too many.
 */
import type { Device, HostTensor, Program, StateBuffer } from "../backends/backend.ts";
import type { DType } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import { formatShape, type Shape, sameShape } from "../core/shape.ts";
import type { Graph } from "../graph/node.ts";
import type { Tensor } from "../graph/tensor.ts";
import { Parameter } from "./parameter.ts";
import { type HostOf, type InputType, type Outputs, type Traced, trace } from "./trace.ts";

export type { HostOf, Outputs } from "./trace.ts";

export interface CompileOptions {
  readonly device: Device;
  /** Room for so many images; else that of the first call, and more when a later call brings more. */
  readonly capacity?: number;
  /** Per input: whether its leading axis is the batch. By default it is, in every input of rank 1 or more. */
  readonly batched?: readonly boolean[];
  /** Hears that shapes keep changing; the console by default. */
  readonly onWarning?: (message: string) => void;
}

export interface Compiled<O extends Outputs> {
  (...inputs: HostTensor[]): Promise<HostOf<O>>;
  /** Compiles for inputs of these types without running; the leading size of batched inputs is the capacity. */
  prepare(...types: { readonly shape: Shape; readonly dtype?: DType }[]): Promise<Program>;
  /** How many programs are kept. */
  readonly programs: number;
  /** Frees all programs; a later call compiles anew. */
  dispose(): void;
}

/** Programs that a function keeps. */
const KEPT = 8;

interface Made<O extends Outputs> extends Traced<O> {
  readonly program: Program;
}

interface Entry<O extends Outputs> {
  readonly capacity: number | undefined;
  readonly made: Promise<Made<O>>;
}

export function compile<O extends Outputs>(
  fn: (...inputs: Tensor[]) => O,
  options: CompileOptions,
): Compiled<O> {
  const cache = new ProgramCache(fn, options);
  const call = async (...inputs: HostTensor[]): Promise<HostOf<O>> => {
    const { entry, n } = cache.find(inputs);
    const { program, graph, arrange } = await entry.made;
    checkValues(graph, inputs);
    return arrange(await program.run(inputs, n));
  };
  const prepare: Compiled<O>["prepare"] = async (...types) => {
    const { entry } = cache.find(types.map(({ shape, dtype = "f32" }) => ({ shape, dtype })));
    return (await entry.made).program;
  };
  const compiled = Object.assign(call, { prepare, dispose: () => cache.dispose() });
  return Object.defineProperty(compiled, "programs", { get: () => cache.size }) as Compiled<O>;
}

class ProgramCache<O extends Outputs> {
  readonly #fn: (...inputs: Tensor[]) => O;
  readonly #options: CompileOptions;
  /** In order of use, the latest last. */
  readonly #entries = new Map<string, Entry<O>>();
  #evicted = 0;

  constructor(fn: (...inputs: Tensor[]) => O, options: CompileOptions) {
    const { capacity } = options;
    if (capacity !== undefined && !(Number.isInteger(capacity) && capacity > 0)) {
      throw new ConvkitError("compile", `capacity ${capacity} — give a whole number above 0`);
    }
    this.#fn = fn;
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The program for inputs of these types, made if need be, and the number of images. */
  find(given: readonly { readonly shape: Shape; readonly dtype: DType }[]): {
    entry: Entry<O>;
    n: number | undefined;
  } {
    const types = given.map(({ shape, dtype }, i) => {
      const batched = this.#options.batched?.[i] ?? shape.length > 0;
      return { shape, dtype, batched };
    });
    const n = imagesOf(types);
    const key = types.map(keyOf).join(", ");
    const found = this.#entries.get(key);
    if (found) this.#entries.delete(key);
    if (found && (n ?? 0) <= (found.capacity ?? 0)) {
      this.#entries.set(key, found);
      return { entry: found, n };
    }
    if (found) free(found);
    const capacity = n === undefined ? undefined : this.#roomFor(n, found);
    const entry = { capacity, made: this.#make(types, capacity) };
    this.#entries.set(key, entry);
    entry.made.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    if (this.#entries.size > KEPT) this.#evict(key);
    return { entry, n };
  }

  #roomFor(n: number, found: Entry<O> | undefined): number {
    const { capacity } = this.#options;
    if (capacity === undefined) return Math.max(n, found?.capacity ?? 0);
    if (n <= capacity) return capacity;
    throw new ConvkitError(
      "compile",
      `${n} images were given, there is room for ${capacity} — split them, or compile with a larger capacity`,
    );
  }

  async #make(types: readonly InputType[], capacity: number | undefined): Promise<Made<O>> {
    const traced = trace(this.#fn, types, capacity);
    const { device } = this.#options;
    const program = await device.compile(traced.graph, buffersOf(traced.graph, device));
    return { ...traced, program };
  }

  #evict(key: string): void {
    const [oldest, entry] = this.#entries.entries().next().value as [string, Entry<O>];
    this.#entries.delete(oldest);
    free(entry);
    this.#evicted++;
    // Said at the first, and again each time that their number has doubled.
    if ((this.#evicted & (this.#evicted - 1)) !== 0) return;
    const warn = this.#options.onWarning ?? ((message: string) => console.warn(message));
    warn(
      `[compile] the shapes of inputs keep changing (now ${key}): ${KEPT + this.#evicted} programs ` +
        `were made, ${KEPT} are kept — bring inputs to one size, or make the axis that changes the batch`,
    );
  }

  dispose(): void {
    for (const entry of this.#entries.values()) free(entry);
    this.#entries.clear();
  }
}

const free = ({ made }: { made: Promise<{ program: Program }> }): void => {
  made.then(
    ({ program }) => program.dispose(),
    () => {}, // whoever waited for it has been told
  );
};

/** The leading size that all batched inputs share. */
function imagesOf(types: readonly InputType[]): number | undefined {
  const batched = types.filter((type) => type.batched);
  if (batched.length === 0) return undefined;
  const [n] = batched[0].shape;
  const other = batched.find(({ shape }) => shape[0] !== n);
  if (other || !(n >= 1)) {
    throw new ConvkitError(
      "compile",
      `batched inputs are ${batched.map(({ shape }) => formatShape(shape)).join(" and ")} — give all ` +
        "the same number of images, one at least, and name those without a batch in `batched`",
    );
  }
  return n;
}

const keyOf = ({ shape, dtype, batched }: InputType): string =>
  `${dtype}[${batched ? ["N", ...shape.slice(1)] : shape}]`;

function buffersOf(graph: Graph, device: Device): StateBuffer[] {
  return graph.states.map((ref) => {
    if (ref instanceof Parameter) return ref.on(device);
    throw new ConvkitError("compile", `${ref.name} is a state, but no Parameter holds its value`);
  });
}

/** A program trusts its inputs, so they are counted here. */
function checkValues(graph: Graph, inputs: readonly HostTensor[]): void {
  for (const [i, { data, shape }] of inputs.entries()) {
    const size = shape.reduce((product, dim) => product * dim, 1);
    const { shape: wanted, batched } = graph.inputs[i];
    const fits = sameShape(shape.slice(batched ? 1 : 0), wanted.slice(batched ? 1 : 0));
    if (data.length === size && fits) continue;
    throw new ConvkitError(
      "compile",
      `input ${i} of ${formatShape(shape)} holds ${data.length} values, expected ${size}`,
    );
  }
}
