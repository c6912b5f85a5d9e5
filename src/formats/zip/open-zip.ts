/**
 * Zip archives (PKWARE, APPNOTE.TXT), read by their central directory: entries that are stored or deflated, with the 64-bit
 * sizes of large archives. Only the directory is read at once. No more is unpacked than an entry claims, and no more is
 * believed of a claim than deflate can do: at best it packs 1032 bytes into one.
 */
import { Inflate } from "fflate";
import { ConvkitError } from "../../core/error.ts";
import { type ByteSource, bytesSource, partOf } from "../byte-source.ts";

export interface ZipEntry {
  readonly name: string;
  /** Bytes, unpacked. */
  readonly size: number;
  /** The first `limit` bytes of it, or all. */
  read(limit?: number): Promise<Uint8Array>;
  /** As a file of its own: by range of the archive where it is stored as it is, else unpacked in memory. */
  open(): Promise<ByteSource>;
  /** Where its bytes lie in the archive: as they are, or packed by raw deflate. */
  locate(): Promise<{ offset: number; length: number; deflated: boolean }>;
}

/** Every zip file starts with an entry, or is empty. */
export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

/** The end record has 22 bytes, and a comment of at most 65,535 behind it. */
const END_REACH = 22 + 0xffff;
const DIRECTORY_LIMIT = 2 ** 26;
const UNPACKED_LIMIT = 2 ** 30;
const LARGEST_RATIO = 1032;
/** Bytes before an entry's own, its name left out. */
const LOCAL_HEADER = 30;
/** So that one step unpacks 17 MB at most. */
const STEP = 2 ** 14;
const AGAIN = "the file is damaged; copy or save it again";

function fail(file: string, message: string, cause?: unknown): never {
  throw new ConvkitError("zip", `${file}: ${message}`, { cause });
}

/** The files in an archive by name, folders left out. */
export async function openZip(source: ByteSource): Promise<Map<string, ZipEntry>> {
  const { name: file } = source;
  const { start, size, count } = await findDirectory(source);
  if (start + size > source.size || size > DIRECTORY_LIMIT || count * 46 > size) {
    fail(file, `claims ${count} entries in ${size} bytes at byte ${start}, ${AGAIN}`);
  }
  const bytes = await source.read(start, size);
  const entries = new Map<string, ZipEntry>();
  const headers: EntryHeader[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const header = parseDirectoryEntry(bytes, at, file);
    at = header.end;
    headers.push(header);
    if (entries.has(header.name)) fail(file, `has two entries ${header.name} — ${AGAIN}`);
    if (!header.name.endsWith("/")) entries.set(header.name, entryOf(source, header));
  }
  refuseOverlaps(headers, file);
  return entries;
}

/** Bytes that are several entries' could be unpacked to terabytes. */
function refuseOverlaps(headers: EntryHeader[], file: string): void {
  headers.sort((a, b) => a.offset - b.offset);
  for (const [i, { name, offset }] of headers.entries()) {
    const before = headers[i - 1];
    if (before && before.offset + LOCAL_HEADER + before.packed > offset) {
      fail(file, `its entries ${before.name} and ${name} overlap — ${AGAIN}`);
    }
  }
}

const viewOf = ({ buffer, byteOffset, length }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, length);

interface Directory {
  readonly start: number;
  readonly size: number;
  readonly count: number;
}

async function findDirectory(source: ByteSource): Promise<Directory> {
  const { name: file, size } = source;
  const reach = Math.min(END_REACH, size);
  const tail = viewOf(await source.read(size - reach, reach));
  let at = reach - 22;
  while (at >= 0 && tail.getUint32(at, true) !== 0x06054b50) at--;
  if (at < 0) fail(file, "has no zip directory at its end — it is truncated; copy it again");
  const end = {
    count: tail.getUint16(at + 10, true),
    size: tail.getUint32(at + 12, true),
    start: tail.getUint32(at + 16, true),
  };
  const hasLocator = at >= 20 && tail.getUint32(at - 20, true) === 0x07064b50;
  if (!hasLocator) return end;
  const place = Number(tail.getBigUint64(at - 12, true));
  if (place + 56 > size) fail(file, `names byte ${place} as its directory's end — ${AGAIN}`);
  const wide = viewOf(await source.read(place, 56));
  if (wide.getUint32(0, true) !== 0x06064b50) {
    fail(file, `has no directory's end at byte ${place} — ${AGAIN}`);
  }
  return {
    count: Number(wide.getBigUint64(32, true)),
    size: Number(wide.getBigUint64(40, true)),
    start: Number(wide.getBigUint64(48, true)),
  };
}

interface EntryHeader {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  /** Of the entry's own header in the file. */
  readonly offset: number;
  /** Of this entry in the directory. */
  readonly end: number;
}

function parseDirectoryEntry(bytes: Uint8Array, at: number, file: string): EntryHeader {
  const view = viewOf(bytes);
  if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) {
    fail(file, `its directory ends after ${at} of ${bytes.length} bytes — ${AGAIN}`);
  }
  const nameEnd = at + 46 + view.getUint16(at + 28, true);
  const extraEnd = nameEnd + view.getUint16(at + 30, true);
  const end = extraEnd + view.getUint16(at + 32, true);
  if (end > bytes.length) fail(file, `its directory ends inside an entry — ${AGAIN}`);
  const name = new TextDecoder().decode(bytes.subarray(at + 46, nameEnd));
  const narrow = [24, 20, 42].map((field) => view.getUint32(at + field, true));
  const [size, packed, offset] = widen(narrow, view, nameEnd, extraEnd);
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  return { name, flags, method, packed, size, offset, end };
}

/** Sizes of all ones stand in the extra field of kind 1 instead, 64 bits wide, in the same order. */
function widen(narrow: readonly number[], view: DataView, start: number, end: number): number[] {
  for (let at = start; at + 4 <= end; ) {
    const next = at + 4 + view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === 1) {
      let from = at + 4;
      return narrow.map((value) => {
        if (value !== 0xffffffff || from + 8 > Math.min(next, end)) return value;
        from += 8;
        return Number(view.getBigUint64(from - 8, true));
      });
    }
    at = next;
  }
  return [...narrow];
}

function entryOf(source: ByteSource, header: EntryHeader): ZipEntry {
  const { name, size, packed, method } = header;
  const label = `${source.name}: ${name}`;
  const read = async (limit = size) => {
    const start = await dataStart(source, header);
    const wanted = Math.min(limit, size);
    if (method === 0) return source.read(start, wanted);
    return inflate(partOf(source, start, packed, label), size, wanted);
  };
  const open = async () =>
    method === 0
      ? partOf(source, await dataStart(source, header), size, label)
      : bytesSource(await read(), label);
  const locate = async () => {
    const offset = await dataStart(source, header);
    return { offset, length: packed, deflated: method === 8 };
  };
  return { name, size, read, open, locate };
}

/** Where an entry's bytes begin; refuses what cannot be read before anything is. */
async function dataStart(source: ByteSource, header: EntryHeader): Promise<number> {
  const { name, flags, method, packed, size, offset } = header;
  const label = `${source.name}: ${name}`;
  if (flags & 1) fail(label, "is encrypted — unpack it with its password first");
  if (method !== 0 && method !== 8) {
    fail(label, `is packed by method ${method} — pack it anew, stored or deflated`);
  }
  if (method === 0 && packed !== size) {
    fail(label, `has ${packed} bytes where ${size} are claimed — ${AGAIN}`);
  }
  if (method === 8 && size > Math.min(UNPACKED_LIMIT, packed * LARGEST_RATIO)) {
    fail(label, `claims to unpack from ${packed} to ${size} bytes — unpack it by hand`);
  }
  if (offset + LOCAL_HEADER > source.size)
    fail(label, `begins at byte ${offset}, past the end — ${AGAIN}`);
  const local = viewOf(await source.read(offset, LOCAL_HEADER));
  if (local.getUint32(0, true) !== 0x04034b50) {
    fail(label, `does not begin at byte ${offset} — ${AGAIN}`);
  }
  const start = offset + LOCAL_HEADER + local.getUint16(26, true) + local.getUint16(28, true);
  if (start + packed > source.size) {
    fail(
      label,
      `claims bytes ${start} to ${start + packed}, the file has ${source.size} — ${AGAIN}`,
    );
  }
  return start;
}

/** The first `wanted` bytes of what `packed` unpacks to, which must be `size` in all. */
async function inflate(packed: ByteSource, size: number, wanted: number): Promise<Uint8Array> {
  const out = new Uint8Array(wanted);
  let at = 0;
  const inflater = new Inflate((piece) => {
    if (at < wanted) out.set(piece.subarray(0, wanted - at), at);
    at += piece.length;
  });
  try {
    for (let from = 0; from < packed.size && at < Math.max(1, wanted); from += STEP) {
      const length = Math.min(STEP, packed.size - from);
      inflater.push(await packed.read(from, length), from + length === packed.size);
    }
  } catch (cause) {
    fail(packed.name, `its packed data is damaged — ${AGAIN}`, cause);
  }
  if (at < wanted || (wanted === size && at > size)) {
    fail(packed.name, `unpacks to other than ${size} bytes — ${AGAIN}`);
  }
  return out;
}
