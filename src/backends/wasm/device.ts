/**
 * The WebAssembly device: one memory for all states and programs, one crew of threads. States lie at fixed
 * addresses, so that every program that touches a module reads and writes the same words.
 *
 * A device begins with 32-bit addresses. When a program does not fit into 4 GiB and the engine has 64-bit
 * memory, everything moves into such a memory, at the same addresses, and programs are emitted anew.
 */
import { ConvkitError } from "../../core/error.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Graph, StateRef } from "../../graph/node.ts";
import { layoutOf, permute } from "../../plan/layout.ts";
import type {
  Device,
  HostData,
  HostTensor,
  Program,
  ProgramReport,
  StateBuffer,
} from "../backend.ts";
import { type Capabilities, detect } from "./capabilities.ts";
import { readTensor, writeTensor } from "./host-copy.ts";
import { Heap } from "./memory.ts";
import { COUNT_OFFSET, compileProgram, type ProgramCode } from "./program.ts";
import { type Crew, createCrew } from "./threads.ts";
import { emitBarrier } from "./threads-barrier.ts";

export interface WasmOptions {
  /** Default: one a core. */
  readonly threads?: number;
  /** False leaves V8's revectorizer off. */
  readonly revectorizer?: boolean;
  /** Where 32-bit memory ends; smaller in tests. */
  readonly maximumBytes?: number;
}

export async function wasmDevice(options: WasmOptions = {}): Promise<WasmDevice> {
  const capabilities = await detect({ revectorizer: options.revectorizer ?? true });
  if (!capabilities.simd.on) {
    const { reason, cure } = capabilities.simd;
    throw new ConvkitError("wasm", `${reason} — ${cure}`);
  }
  const device = new WasmDevice(capabilities, options);
  try {
    await device.crew.ready();
    return device;
  } catch (error) {
    // Workers may be refused where everything else is there: a page's policy, a limit of processes.
    await device.dispose();
    const reason = `workers could not start: ${(error as Error).message}`;
    const cure = "allow `worker-src blob:` in the page's policy, or raise the limit on processes";
    return new WasmDevice({ ...capabilities, threads: { on: false, reason, cure } }, options);
  }
}

class WasmState implements StateBuffer {
  readonly address: number;
  readonly #device: WasmDevice;
  readonly #ref: StateRef;

  constructor(device: WasmDevice, ref: StateRef, address: number) {
    this.#device = device;
    this.#ref = ref;
    this.address = address;
  }

  #words(): Float32Array | Int32Array {
    const { heap } = this.#device;
    const size = sizeOf(this.#ref.shape);
    return this.#ref.dtype === "f32" ? heap.f32(this.address, size) : heap.i32(this.address, size);
  }

  read(): HostData {
    const words = this.#words();
    const out =
      words instanceof Float32Array ? new Float32Array(words.length) : new Int32Array(words.length);
    permute(this.#ref.shape, layoutOf({ ...this.#ref, batched: false }), words, out, false);
    return out;
  }

  write(data: ArrayLike<number>): void {
    this.#device.stateVersion++;
    permute(this.#ref.shape, layoutOf({ ...this.#ref, batched: false }), data, this.#words(), true);
  }

  dispose(): void {
    this.#device.heap.free(this.address);
  }
}

export class WasmDevice implements Device {
  readonly name = "wasm";
  readonly capabilities: Capabilities;
  readonly threads: number;
  heap: Heap;
  crew: Crew;
  /** Counts the moves to another memory; programs of an older one are emitted anew. */
  generation = 0;
  /** Counts the changes of states; what was prepared for an older one is stale. */
  stateVersion = 0;
  readonly #inline: boolean;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(capabilities: Capabilities, options: WasmOptions) {
    this.capabilities = capabilities;
    this.#inline = !capabilities.threads.on;
    this.threads = this.#inline ? 1 : (options.threads ?? capabilities.cores);
    this.heap = new Heap({ shared: !this.#inline, maximumBytes: options.maximumBytes });
    this.crew = createCrew({ heap: this.heap, threads: this.threads, inline: this.#inline });
  }

  allocate(ref: StateRef, initial: ArrayLike<number>): StateBuffer {
    if (ref.dtype !== "f32" && ref.dtype !== "i32") {
      throw new ConvkitError("wasm", `${ref.name} is ${ref.dtype}; states are f32 or i32`);
    }
    // Room behind it for a last vector that is read whole.
    const address = this.#reserve(sizeOf(ref.shape) * 4 + 64);
    const state = new WasmState(this, ref, address);
    state.write(initial);
    return state;
  }

  async compile(graph: Graph, buffers: readonly StateBuffer[]): Promise<Program> {
    const program = new WasmProgram(this, graph, buffers as readonly WasmState[]);
    // In turn: a move to 64-bit memory takes nothing away from a run or from another program's loading.
    await this.inTurn(() => program.emit());
    return program;
  }

  /** Runs tasks one after the other: they share memory. */
  inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(task);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async dispose(): Promise<void> {
    await this.crew.dispose();
  }

  /** Memory, by widening to 64-bit addresses when 32 do not reach. */
  #reserve(bytes: number): number {
    try {
      return this.heap.allocate(bytes);
    } catch (error) {
      if (this.heap.memoryImport.is64 || !this.capabilities.memory64.on) throw error;
      this.#widen(bytes);
      return this.heap.allocate(bytes);
    }
  }

  reserve(bytes: number): number {
    return this.#reserve(bytes);
  }

  #widen(bytes: number): void {
    const old = this.crew;
    this.heap = this.heap.widened(bytes);
    this.crew = createCrew({ heap: this.heap, threads: this.threads, inline: this.#inline });
    this.generation++;
    void old.dispose();
  }
}

class WasmProgram implements Program {
  readonly #device: WasmDevice;
  readonly #graph: Graph;
  readonly #states: readonly WasmState[];
  #code: ProgramCode | undefined;
  #handle = -1;
  #generation = -1;
  #preparedFor = -1;

  constructor(device: WasmDevice, graph: Graph, states: readonly WasmState[]) {
    this.#device = device;
    this.#graph = graph;
    this.#states = states;
  }

  get report(): ProgramReport {
    const { arenaBytes, bytes, kernels } = this.#code as ProgramCode;
    return { arenaBytes, codeBytes: bytes.length, kernels };
  }

  /** What runs in which phase, a line a step. */
  get schedule(): readonly string[] {
    return (this.#code as ProgramCode).schedule;
  }

  async emit(): Promise<void> {
    const device = this.#device;
    const { relaxedSimd, revectorizer } = device.capabilities;
    // Reserving may move everything to 64-bit memory in the middle; the code is then written again.
    for (;;) {
      const { generation } = device;
      if (this.#code) device.heap.free(this.#code.headerAddress);
      this.#code = undefined;
      const code = compileProgram(this.#graph, {
        memory: device.heap.memoryImport,
        threads: device.threads,
        relaxed: relaxedSimd.on,
        tileVectors: revectorizer.on ? 4 : 2,
        allocate: (bytes) => {
          const address = device.reserve(bytes);
          if (device.generation === generation) return address;
          // What is being written is for the memory of before, whose addresses it must fit; it is thrown away.
          device.heap.free(address);
          return 0;
        },
        stateAddress: (slot) => this.#states[slot].address,
        emitBarrier,
      });
      if (device.generation !== generation) continue;
      this.#code = code;
      const header = device.heap.i32(code.headerAddress, 32);
      header.fill(-1, 0, 16);
      header.fill(0, 16);
      this.#generation = generation;
      this.#preparedFor = -1;
      break;
    }
    const module = await WebAssembly.compile((this.#code as ProgramCode).bytes);
    this.#handle = await device.crew.load(module);
  }

  run(inputs: readonly HostTensor[], n?: number): Promise<HostTensor[]> {
    const device = this.#device;
    const images = n ?? this.#graph.batch ?? 1;
    return device.inTurn(async () => {
      if (this.#generation !== device.generation) await this.emit();
      const code = this.#code;
      if (!code) throw new ConvkitError("wasm", "the program was disposed");
      device.heap.f32(code.headerAddress + COUNT_OFFSET, 1)[0] = images;
      code.inputs.forEach((place, i) => {
        writeTensor(device.heap, place, inputs[i].data);
      });
      if (code.prepares && this.#preparedFor !== device.stateVersion) {
        await device.crew.run(this.#handle, [0]);
        this.#preparedFor = device.stateVersion;
      }
      await device.crew.run(this.#handle, [images]);
      if (this.#graph.updates.length > 0) device.stateVersion++;
      return code.outputs.map((place) => readTensor(device.heap, place, images));
    });
  }

  dispose(): void {
    const code = this.#code;
    if (!code) return;
    this.#code = undefined;
    const device = this.#device;
    void device.inTurn(async () => {
      device.heap.free(code.headerAddress);
      // A crew from before a move is gone, and its handles belong to others now.
      if (this.#generation === device.generation) await device.crew.unload(this.#handle);
    });
  }
}
