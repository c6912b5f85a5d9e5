/** Where memory ends: what engines let us reserve, and what to say when a block does not fit. */
import { ConvkitError } from "../../core/error.ts";
import type { MemoryImport } from "./assembler.ts";

export const PAGE = 65_536;
/** 4 GiB; V8 and SpiderMonkey allow 16 GiB of 64-bit memory. */
const MOST_PAGES = { 32: 65_536, 64: 262_144 };

/** Bytes as people read them. */
function inBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${units[unit]}`;
}

/** `fits` is the largest block below the limit; undefined when it was the system that refused. */
export function outOfMemory(
  { is64, maximumPages }: MemoryImport,
  size: number,
  used: number,
  fits: number | undefined,
): ConvkitError {
  const needed = `${inBytes(size)} are needed beside ${inBytes(used)} in use`;
  if (fits === undefined) {
    const advice = "close other programs, or take a smaller batch, image or model";
    return new ConvkitError("memory", `${needed}, and the system gives no more — ${advice}`);
  }
  return new ConvkitError(
    "memory",
    `${needed}, and the limit of this ${is64 ? 64 : 32}-bit memory is ${inBytes(maximumPages * PAGE)}: ` +
      `a block of ${inBytes(fits)} would fit — take a smaller batch, image or model` +
      `${is64 ? "" : ", or an engine with 64-bit memory (Node 24, Chrome 133)"}`,
  );
}

/** Some engines refuse to reserve a large maximum (phones, 32-bit systems): then half, and half again. */
export function reserveMemory(
  shared: boolean,
  is64: boolean,
  initial: number,
  asked: number,
): [WebAssembly.Memory, number] {
  const most = Math.min(asked, MOST_PAGES[is64 ? 64 : 32]);
  for (let maximum = most; ; maximum = Math.floor(maximum / 2)) {
    const descriptor = is64
      ? { address: "i64", initial: BigInt(initial), maximum: BigInt(maximum), shared }
      : { initial, maximum, shared };
    try {
      return [new WebAssembly.Memory(descriptor as WebAssembly.MemoryDescriptor), maximum];
    } catch (cause) {
      if (maximum > 2 * initial) continue;
      throw new ConvkitError(
        "memory",
        `the engine gives no ${shared ? "shared " : ""}${is64 ? "64" : "32"}-bit memory of ` +
          `${inBytes(initial * PAGE)} — close other programs, or take a smaller batch or model`,
        { cause },
      );
    }
  }
}

/** False where the system gives no more. */
export function growMemory(memory: WebAssembly.Memory, is64: boolean, pages: number): boolean {
  try {
    memory.grow((is64 ? BigInt(pages) : pages) as number); // the types know 32-bit memory only
    return true;
  } catch {
    return false;
  }
}
