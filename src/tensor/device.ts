/** Opens the device that programs run on. */
import { loadReference } from "#reference";
import type { Device } from "../backends/backend.ts";
import { wasmDevice } from "../backends/wasm/device.ts";
import { ConvkitError } from "../core/error.ts";

export type BackendName = "auto" | "wasm" | "reference";

export const backendNames: readonly BackendName[] = ["auto", "wasm", "reference"];

export interface DeviceOptions {
  /** `auto` is the fastest that this engine has. */
  readonly backend?: BackendName;
  /** One per core by default. */
  readonly threads?: number;
}

export async function openDevice({
  backend = "auto",
  threads,
}: DeviceOptions = {}): Promise<Device> {
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new ConvkitError("device", `${threads} threads — give a whole number above 0`);
  }
  switch (backend) {
    case "auto":
    case "wasm":
      return wasmDevice({ threads });
    case "reference": {
      const { referenceDevice } = await loadReference();
      return referenceDevice();
    }
    default:
      throw new ConvkitError(
        "device",
        `there is no backend "${backend}" — choose ${backendNames.join(", ")}`,
      );
  }
}

/** The device that everything shares that names none: opened at the first call, and again after its end. */
export function defaultDevice(): Promise<Device> {
  shared.device ??= openDevice().catch((error: unknown) => {
    shared.device = undefined;
    throw error;
  });
  return shared.device;
}

// Threads and memory are the machine's, so one device for all is not state of the program's.
const shared: { device?: Promise<Device> } = {};
