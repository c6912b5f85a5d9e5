/**
 * `events.out.tfevents.<seconds>.<host>`: a file that TensorBoard finds in a run's folder and reads while it grows. A run that is taken up
 * again writes a file of its own beside the first, as TensorFlow's and PyTorch's do.
 */
import { appendFile, readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { writeError } from "../file-error-node.ts";
import { encodeEvent, encodeFileVersion, type Summary } from "./event.ts";
import { encodeRecord } from "./tf-record.ts";

const PREFIX = "events.out.tfevents.";

export class EventFile {
  readonly path: string;
  #begun = false;

  constructor(folder: string) {
    this.path = join(folder, `${PREFIX}${Math.floor(Date.now() / 1000)}.${hostname()}`);
  }

  /** Appends an event; what a kill leaves is whole but for the last one, which readers skip. */
  async add(step: number, summaries: readonly Summary[]): Promise<void> {
    const wallTime = Date.now() / 1000;
    const event = encodeRecord(encodeEvent({ wallTime, step, summaries }));
    const head = this.#begun ? [] : [encodeRecord(encodeFileVersion(wallTime))];
    try {
      await appendFile(this.path, Buffer.concat([...head, event]));
      this.#begun = true;
    } catch (cause) {
      throw writeError(this.path, cause);
    }
  }
}

/** Those of an earlier run. */
export async function removeEventFiles(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(PREFIX));
  for (const name of names) await rm(join(folder, name), { force: true });
}
