/**
 * A file is whole or it is not there: bytes go to a temporary name in the same folder, reach the disk, and
 * take the target's name in one step. A process killed at any moment leaves the old file or the new one, and
 * at worst a temporary file, which the next write to the same target removes.
 */
import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf, writeError } from "./file-error-node.ts";

/** After an hour a temporary file is left over even where a living process happens to have its number. */
const STALE_MS = 3_600_000;

/** `.model.safetensors.convkit-4711-1b9d….tmp` */
const temporaryPrefix = (path: string): string => `.${basename(path)}.convkit-`;

/**
 * Makes a folder and those above it; an existing one is fine. Step by step, since Node's recursive mkdir
 * reports a read-only disk as a missing folder.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (cause) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) return;
    if (codeOf(cause) !== "ENOENT" || dirname(path) === path) throw writeError(path, cause);
    await makeFolder(dirname(path));
    await makeLast(path);
  }
}

/** Another process may have made the folder meanwhile. */
async function makeLast(path: string): Promise<void> {
  await mkdir(path).catch((cause: unknown) => {
    if (codeOf(cause) !== "EEXIST") throw writeError(path, cause);
  });
}

/** Pieces are written as they come, so that a large file is never in memory whole. */
export async function writeFileAtomic(
  path: string,
  data: Uint8Array | string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const folder = dirname(path);
  const name = `${temporaryPrefix(path)}${process.pid}-${randomUUID()}.tmp`;
  const temporary = join(folder, name);
  try {
    await removeLeftovers(path);
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw writeError(path, cause);
  }
  await syncFolder(folder);
}

/** Removes temporary files of processes that are gone; those of writers at work stay. */
export async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const prefix = temporaryPrefix(path);
  const names = await readdir(folder).catch(() => [] as string[]);
  for (const name of names) {
    if (!name.startsWith(prefix) || !name.endsWith(".tmp")) continue;
    const writer = Number.parseInt(name.slice(prefix.length), 10);
    const file = join(folder, name);
    if (isAlive(writer) && !(await isStale(file))) continue;
    await rm(file, { force: true }).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

const isStale = async (file: string): Promise<boolean> => {
  const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Date.now() }));
  return Date.now() - mtimeMs > STALE_MS;
};

/** The new name outlives a power cut only once the folder itself is on disk; not every system can. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch {
    // Windows opens no folders and some network disks sync none; the rename stands all the same.
  }
}
