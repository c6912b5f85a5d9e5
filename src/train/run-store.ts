/**
 * Where a run keeps its files: a folder in Node (`run-directory-node.ts`), or whatever a page likes. A write
 * replaces the whole file or leaves it as it was.
 */
export type RunFile =
  | "config.json"
  | "metrics.jsonl"
  | "model.safetensors"
  | "best.safetensors"
  | "checkpoint.safetensors";

export interface RunStore {
  /** What messages call it: `runs/glyphs`. */
  readonly name: string;
  /** Undefined where there is none. */
  read(file: RunFile): Promise<Uint8Array | undefined>;
  write(file: RunFile, content: Uint8Array | string): Promise<void>;
}

/** Kept as long as the page or the process lives. */
export function memoryStore(name = "memory"): RunStore {
  const files = new Map<RunFile, Uint8Array>();
  return {
    name,
    read: async (file) => files.get(file),
    write: async (file, content) => {
      files.set(file, typeof content === "string" ? new TextEncoder().encode(content) : content);
    },
  };
}
