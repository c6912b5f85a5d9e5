/**
 * `convkit doctor`: what this engine and machine offer, and for each thing that is off why, and the cure. A short
 * self-test compares a convolution, its gradients and its update on the device with the reference.
 */
import { existsSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { type WasmDevice, wasmDevice } from "../../backends/wasm/device.ts";
import type { Ability } from "../../backends/wasm/platform.ts";
import { ConvkitError } from "../../core/error.ts";
import { whole } from "../arguments.ts";
import { Output, size } from "../output.ts";
import { paint } from "../paint.ts";
import { type SelfTest, selfTest, TOLERANCE } from "../self-test.ts";

const examples = `
Examples:
  convkit doctor
  convkit doctor --json`;

export function doctorCommand(program: Command): void {
  program
    .command("doctor")
    .description("say what makes convkit fast or slow on this machine, and the cure")
    .option("--threads <n>", "threads to compute with (one a core)", whole(1))
    .option("--json", "one JSON object a line on standard output")
    .addHelpText("after", examples)
    .action(examine);
}

async function examine({ threads, json }: { threads?: number; json?: boolean }): Promise<void> {
  const out = new Output(json === true);
  const [device, images] = await Promise.all([wasmDevice({ threads }), imageDecoding()]);
  try {
    const node = nodeAbility();
    const test = await selfTest(device);
    out.emit(recordOf(device, { images, node, test }));
    if (!json) print(out, device, { images, node, test });
    if (!test.passed) {
      throw new ConvkitError(
        "self-test",
        `the device computes something else than the reference (${test.fault}) — ` +
          "use another release of Node, and report this one",
      );
    }
  } finally {
    await device.dispose();
  }
}

interface Findings {
  readonly images: Ability & { readonly version?: string };
  readonly node: Ability;
  readonly test: SelfTest;
}

function recordOf(device: WasmDevice, { images, node, test }: Findings) {
  const { capabilities } = device;
  const { engine, cores, simd, relaxedSimd, fusedMultiplyAdd, revectorizer } = capabilities;
  return {
    event: "doctor",
    backend: device.name,
    engine,
    projectNode: node,
    cores,
    threads: device.threads,
    sharedMemoryThreads: capabilities.threads,
    simd,
    relaxedSimd,
    fusedMultiplyAdd,
    revectorizer,
    memory64: capabilities.memory64,
    memory: capabilities.memory,
    crossOriginIsolated: capabilities.crossOriginIsolated ?? null,
    imageDecoding: images,
    selfTest: test,
  };
}

function print(out: Output, device: WasmDevice, { images, node, test }: Findings): void {
  const { capabilities } = device;
  const { engine, cores, memory, crossOriginIsolated } = capabilities;
  const title = (name: string) => name.padEnd(22);
  const plain = (name: string, text: string) =>
    out.say(`  ${paint(out, "dim", "·")} ${title(name)} ${text}`);
  const able = (name: string, { on, reason, cure }: Ability, text = "on") => {
    const mark = on ? paint(out, "green", "✓") : paint(out, "yellow", "✗");
    out.say(`  ${mark} ${title(name)} ${on ? text : `off: ${reason}`}`);
    if (!on && cure) out.say(`    ${title("")} ${paint(out, "cyan", `→ ${cure}`)}`);
  };

  out.say(paint(out, "bold", "What convkit computes with"));
  plain("Backend", device.name);
  plain("Engine", `${engine.name} ${engine.version}`);
  able("Project's own Node", node, "yes");
  able(
    "Threads",
    capabilities.threads,
    `${device.threads} on ${cores} ${cores === 1 ? "core" : "cores"}`,
  );
  able("SIMD", capabilities.simd);
  able("Relaxed SIMD", capabilities.relaxedSimd);
  able("Fused multiply-add", capabilities.fusedMultiplyAdd);
  able("Revectorizer", capabilities.revectorizer, "on, passed its self-check");
  if (crossOriginIsolated === undefined) {
    plain("Cross-origin isolated", `not a matter in ${engine.name}, only in browsers`);
  } else able("Cross-origin isolated", { on: crossOriginIsolated, reason: "the page is not" });
  able("64-bit memory", capabilities.memory64, "on, for programs of more than 4 GiB");
  plain("Memory", memoryOf(memory));
  able("Image files", images, `on, by sharp ${images.version}`);
  out.say();
  const mark = test.passed ? paint(out, "green", "✓") : paint(out, "red", "✗");
  const verdict = test.passed
    ? "agrees with the reference"
    : `DIFFERS from the reference (${test.fault})`;
  out.say(
    `  ${mark} ${title("Self-test")} a convolution with its gradients ${verdict}: error ` +
      `${test.error.toExponential(1)}, ${TOLERANCE.toExponential(0)} allowed`,
  );
}

function memoryOf({ totalBytes, freeBytes }: { totalBytes?: number; freeBytes?: number }): string {
  if (totalBytes === undefined) return "the engine does not tell";
  const free = freeBytes === undefined ? "" : `, ${size(freeBytes)} free`;
  return `${size(totalBytes)}${free}`;
}

/** A clone brings a Node along, on which it was measured; the published package runs on the Node at hand. */
function nodeAbility(): Ability {
  const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const found = process.version;
  if (!existsSync(at("../../../src/cli/main.ts"))) {
    if (Number.parseInt(found.slice(1), 10) >= 24) return { on: true };
    return { on: false, reason: `this is ${found}`, cure: "run on Node 24 or newer" };
  }
  const own = at(
    `../../../node_modules/node/bin/node${process.platform === "win32" ? ".exe" : ""}`,
  );
  if (!existsSync(own)) {
    return {
      on: false,
      reason: `this is ${found}, and the project's own is not installed`,
      cure: "run `npm ci` with install scripts allowed",
    };
  }
  if (realpathSync(own) === realpathSync(process.execPath)) return { on: true };
  return {
    on: false,
    reason: `this is ${found} at ${process.execPath}`,
    cure: "start it as `npx convkit …` or `node bin/convkit.js …`",
  };
}

async function imageDecoding(): Promise<Ability & { version?: string }> {
  try {
    const { default: sharp } = await import("sharp");
    return { on: true, version: sharp.versions.sharp };
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split("\n");
    return { on: false, reason, cure: "run `npm ci` on this machine: sharp comes per platform" };
  }
}
