/**
 * The system's errors about files, in words: what happened to which path, and what to do.
 */
import { ConvkitError } from "../core/error.ts";

const READ: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder — check the spelling",
  EACCES: "may not be read — check its permissions (chmod u+r)",
  EPERM: "may not be read — check its permissions (chmod u+r)",
  EISDIR: "is a folder, a file was expected — name a file inside it",
  ENOTDIR: "a part of the path is a file, not a folder — check the spelling",
  EMFILE: "too many open files — close some or raise the limit (ulimit -n)",
};

const WRITE: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the disk — free some, or choose another folder",
  EDQUOT: "the disk quota is used up — free some space, or choose another folder",
  EFBIG:
    "the file is larger than the system allows — raise the limit (ulimit -f), or choose another disk",
  EROFS: "the file system is read-only — choose another folder",
  EACCES: "no permission to write there — change it (chmod u+w), or choose another folder",
  EPERM: "the system does not permit writing there — choose another folder",
  ENOTDIR: "a part of the path is a file, not a folder — choose another path",
  ENOENT: "the folder does not exist — create it first",
  EISDIR: "is a folder, a file was expected — choose another name",
  EEXIST: "a file of that name is in the way — move it, or choose another path",
  ENAMETOOLONG: "the name is too long — choose a shorter one",
  EIO: "the disk reported an error — check the disk",
};

export const codeOf = (error: unknown): string => String((error as { code?: unknown })?.code ?? "");

const inWords = (where: string, table: typeof READ, path: string, cause: unknown): ConvkitError => {
  if (cause instanceof ConvkitError) return cause;
  const code = codeOf(cause);
  const words = table[code] ?? `${cause instanceof Error ? cause.message : cause}`;
  return new ConvkitError(where, `${path}: ${words}${code in table ? ` (${code})` : ""}`, {
    cause,
  });
};

export const readError = (path: string, cause: unknown): ConvkitError =>
  inWords("read", READ, path, cause);

export const writeError = (path: string, cause: unknown): ConvkitError =>
  inWords("write", WRITE, path, cause);
