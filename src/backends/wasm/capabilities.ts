/**
 * What this engine and machine offer, and for each thing that is off why, and the cure: `convkit doctor`
 * prints it, and the device chooses by it. Small modules are tried rather than versions compared.
 */
import { platform } from "#platform";
import { f32x4, i32, ModuleWriter } from "./assembler.ts";
import type { Ability, MemoryFacts } from "./platform.ts";
import { prepareRevectorizer } from "./self-check.ts";

export interface Capabilities {
  readonly engine: { readonly name: string; readonly version: string };
  readonly cores: number;
  readonly simd: Ability;
  readonly relaxedSimd: Ability;
  /** Whether relaxed_madd rounds once. */
  readonly fusedMultiplyAdd: Ability;
  readonly threads: Ability;
  readonly memory64: Ability;
  readonly revectorizer: Ability;
  /** Undefined where the notion does not exist (Node). */
  readonly crossOriginIsolated: boolean | undefined;
  readonly memory: MemoryFacts;
}

export interface DetectOptions {
  /** False leaves V8's flags alone. */
  readonly revectorizer?: boolean;
}

const newer = "use Node 24 or newer, or a current browser";

/** Looks at everything; switches the revectorizer on when it passes its self-check. */
export async function detect(options: DetectOptions = {}): Promise<Capabilities> {
  const relaxed = relaxedSimd();
  return {
    engine: platform.engine,
    cores: platform.cores(),
    simd: simd(),
    relaxedSimd: relaxed,
    fusedMultiplyAdd: relaxed.on ? fusedMultiplyAdd() : { ...relaxed, on: false },
    threads: threads(),
    memory64: memory64(),
    revectorizer:
      options.revectorizer === false
        ? { on: false, reason: "it was asked to stay off" }
        : prepareRevectorizer(relaxed.on),
    crossOriginIsolated: platform.crossOriginIsolated,
    memory: platform.memory(),
  };
}

const plain = { shared: false, is64: false, initialPages: 1, maximumPages: 1 };

function simd(): Ability {
  const writer = new ModuleWriter({ memory: plain });
  writer.func(undefined, [], ["v128"], () => f32x4.add(f32x4.const(1), f32x4.const(2)));
  if (WebAssembly.validate(writer.bytes())) return { on: true };
  return { on: false, reason: "this engine has no WebAssembly SIMD", cure: newer };
}

/** (a, b, c) → lane 0 of a·b + c. */
function maddModule(): Uint8Array<ArrayBuffer> {
  const writer = new ModuleWriter({ memory: plain });
  writer.func("madd", ["f32", "f32", "f32"], ["f32"], (f) =>
    f32x4.extract_lane(
      f32x4.relaxed_madd(f32x4.splat(f.param(0)), f32x4.splat(f.param(1)), f32x4.splat(f.param(2))),
      0,
    ),
  );
  return writer.bytes();
}

function relaxedSimd(): Ability {
  if (WebAssembly.validate(maddModule())) return { on: true };
  return {
    on: false,
    reason: "this engine has no relaxed SIMD, so a multiply-add is two instructions",
    cure: newer,
  };
}

/** (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 2⁻²⁴ rounded once, and 0 when the product is rounded by itself. */
function fusedMultiplyAdd(): Ability {
  const module = new WebAssembly.Module(maddModule());
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const madd = exports.madd as (a: number, b: number, c: number) => number;
  const a = 1 + 2 ** -12;
  if (madd(a, a, -(1 + 2 ** -11)) === 2 ** -24) return { on: true };
  return { on: false, reason: "this processor has no fused multiply-add" };
}

function threads(): Ability {
  const possible = platform.threads();
  if (!possible.on) return possible;
  if (typeof SharedArrayBuffer === "undefined") {
    return { on: false, reason: "this engine has no SharedArrayBuffer", cure: newer };
  }
  try {
    const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    if ((buffer as ArrayBufferLike) instanceof SharedArrayBuffer) return { on: true };
  } catch {
    // said below
  }
  return { on: false, reason: "this engine has no shared WebAssembly memory", cure: newer };
}

/** Some engines know the instructions and cannot make the memory, or the other way round: both are tried. */
function memory64(): Ability {
  const writer = new ModuleWriter({ memory: { ...plain, is64: true } });
  writer.func("probe", ["i64"], ["i32"], (f) => i32.load(f.param(0)));
  try {
    const descriptor = { address: "i64", initial: 1n, maximum: 1n };
    const memory = new WebAssembly.Memory(descriptor as unknown as WebAssembly.MemoryDescriptor);
    const module = new WebAssembly.Module(writer.bytes());
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    if ((exports.probe as (at: bigint) => number)(8n) === 0) return { on: true };
  } catch {
    // said below
  }
  return {
    on: false,
    reason: "this engine has no 64-bit WebAssembly memory, so a program gets 4 GiB at most",
    cure: "use Node 24 or newer, or Chrome 133 or newer",
  };
}
