/**
 * Fetches a published data set into a folder. A file comes under a temporary name, is taken up where an earlier try ended, and gets its
 * own name when its checksum is right; so what lies there is whole, and nothing is fetched twice.
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ConvkitError } from "../core/error.ts";
import { makeFolder } from "../formats/atomic-write-node.ts";
import { codeOf, writeError } from "../formats/file-error-node.ts";
import { unpackTarGz } from "../formats/tar/unpack-tar-node.ts";
import { unpackZip } from "../formats/zip/unpack-zip-node.ts";
import type { PublishedDataset, PublishedFile } from "./published.ts";

export interface DownloadOptions {
  /** Other places than the published ones, tried first. */
  readonly mirrors?: readonly string[];
  /** Of the file in work; `total` is 0 where the server does not say. */
  readonly onProgress?: (file: string, done: number, total: number) => void;
  /** What a person should know: a mirror that failed. */
  readonly onNote?: (note: string) => void;
  readonly signal?: AbortSignal;
}

/** Says which of the set's files there were already. */
export interface Downloaded {
  readonly fetched: readonly string[];
  readonly present: readonly string[];
}

/** Throws where no mirror gives a file with the right checksum; what was fetched so far stays for the next try. */
export async function downloadDataset(
  { mirrors, files }: PublishedDataset,
  folder: string,
  options: DownloadOptions = {},
): Promise<Downloaded> {
  await makeFolder(folder);
  const places = [...(options.mirrors ?? []), ...mirrors];
  const [fetched, present]: [string[], string[]] = [[], []];
  for (const file of files) {
    const path = join(folder, file.name);
    // An archive leaves an empty file that says that it was unpacked.
    const mark = `${path}.unpacked`;
    const isWhole = await hasChecksum(path, file.md5);
    if (file.unpack ? (await sizeOf(mark)) !== undefined : isWhole) {
      present.push(file.name);
      continue;
    }
    if (!isWhole) await fetchFrom(places, file, path, options);
    if (file.unpack) {
      await (file.unpack === "zip" ? unpackZip : unpackTarGz)(path, folder);
      await writeFile(mark, "");
      await rm(path);
    }
    fetched.push(file.name);
  }
  return { fetched, present };
}

async function fetchFrom(
  places: readonly string[],
  file: PublishedFile,
  path: string,
  options: DownloadOptions,
): Promise<void> {
  const faults: string[] = [];
  for (const place of places) {
    const url = new URL(file.name, place.endsWith("/") ? place : `${place}/`).href;
    try {
      await fetchOne(url, file, path, options);
      return;
    } catch (error) {
      if (options.signal?.aborted) throw error;
      if (codeOf(error) === "ENOSPC") throw writeError(path, error);
      const reason = reasonOf(error);
      faults.push(`${url}: ${reason}`);
      if (place !== places.at(-1)) options.onNote?.(`${url}: ${reason}; trying the next mirror`);
    }
  }
  throw new ConvkitError(
    "download",
    `${file.name}: no mirror gave it (${faults.join("; ")}) — try again later, what came so far is kept`,
  );
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  // fetch says what is wrong in the cause only.
  return cause instanceof Error ? cause.message : message;
}

async function fetchOne(
  url: string,
  { md5 }: PublishedFile,
  path: string,
  { onProgress, signal }: DownloadOptions,
): Promise<void> {
  const part = `${path}.part`;
  const begun = (await sizeOf(part)) ?? 0;
  const headers = begun > 0 ? { range: `bytes=${begun}-` } : undefined;
  const response = await fetch(url, { headers, signal });
  // 416: the part is whole already, or longer than the file.
  if (response.status !== 416) {
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
    const isRest = response.status === 206;
    const length = Number(response.headers.get("content-length") ?? 0);
    let done = isRest ? begun : 0;
    const total = length > 0 ? done + length : 0;
    const counter = new Transform({
      transform(bytes: Uint8Array, _, next) {
        done += bytes.length;
        onProgress?.(path, done, total);
        next(null, bytes);
      },
    });
    const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
    await pipeline(body, counter, createWriteStream(part, { flags: isRest ? "a" : "w" }));
    if (total > 0 && done !== total) throw new Error(`ended after ${done} of ${total} bytes`);
  }
  if (await hasChecksum(part, md5)) {
    await rename(part, path);
    return;
  }
  await rm(part, { force: true });
  throw new Error(`its MD5 is not ${md5}; the file was removed`);
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}

async function hasChecksum(path: string, md5: string): Promise<boolean> {
  if ((await sizeOf(path)) === undefined) return false;
  const hash = createHash("md5");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex") === md5;
}
