/**
 * What torch.save wrote before PyTorch 1.6 (`.th`, many `.pth`): five pickles one after the other, a magic number, the
 * version, the machine's sizes, the value and the list of its storages' keys; then the storages in that order, each a 64-bit
 * count and its numbers.
 */
import { ConvkitError } from "../../core/error.ts";
import { type ByteSource, partOf } from "../byte-source.ts";
import { type StoredType, storedBytes } from "../stored-tensors.ts";
import { type PickleValue, PyDict, type PyStorage } from "./pickle-values.ts";
import { PickleEnds, readPickle } from "./read-pickle.ts";
import type { PytorchFile } from "./read-zip-form.ts";

/** The long 0x1950a86a20f9469cfc6c as its pickle begins, protocol 2. */
const MAGIC = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

export const isLegacyForm = (bytes: Uint8Array): boolean =>
  MAGIC.every((byte, i) => bytes[i] === byte);

/** Read at first; pickles of larger networks take another attempt with twice as much. */
const FIRST_PART = 2 ** 20;
const PICKLE_LIMIT = 2 ** 26;

export async function readLegacyForm(source: ByteSource): Promise<PytorchFile> {
  const { name: file } = source;
  const { values, types, end } = await readPickles(source, 5);
  const [, version, machine, value, keys] = values;
  const isLittle = machine instanceof PyDict && machine.entries.get("little_endian") === true;
  if (version !== 1001 || !isLittle || !Array.isArray(keys)) {
    throw new ConvkitError(
      "pytorch",
      `${file}: is of a form of torch.save that convkit does not know — save it again`,
    );
  }
  const places = await findStorages(source, end, keys, types);
  const storage = async ({ key }: PyStorage) => {
    const place = places.get(key);
    if (place) return place;
    throw new ConvkitError("pytorch", `${file}: lacks the numbers of storage ${key}`);
  };
  return { value, storage };
}

async function readPickles(source: ByteSource, count: number) {
  for (let reach = FIRST_PART; ; reach *= 2) {
    const bytes = await source.read(0, Math.min(reach, source.size));
    try {
      const values: PickleValue[] = [];
      const types = new Map<string, StoredType>();
      let end = 0;
      for (let i = 0; i < count; i++) {
        const pickle = readPickle(bytes, end, source.name);
        values.push(pickle.value);
        for (const [key, type] of pickle.types) types.set(key, type);
        end = pickle.end;
      }
      return { values, types, end };
    } catch (cause) {
      if (!(cause instanceof PickleEnds)) throw cause;
      if (reach < source.size && reach < PICKLE_LIMIT) continue;
      throw new ConvkitError(
        "pytorch",
        `${source.name}: its pickles do not end within ${bytes.length} bytes — copy it again`,
      );
    }
  }
}

/** Where each storage's numbers lie, in the order of the keys. */
async function findStorages(
  source: ByteSource,
  start: number,
  keys: readonly PickleValue[],
  types: ReadonlyMap<string, StoredType>,
): Promise<Map<string, ByteSource>> {
  const { name: file, size } = source;
  const places = new Map<string, ByteSource>();
  let at = start;
  for (const key of keys) {
    const type = typeof key === "string" ? types.get(key) : undefined;
    if (typeof key !== "string" || !type) {
      throw new ConvkitError("pytorch", `${file}: lists a storage that no tensor names`);
    }
    const head = at + 8 <= size ? await source.read(at, 8) : new Uint8Array(8).fill(0xff);
    const count = Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0, true));
    const bytes = count * storedBytes[type];
    if (at + 8 + bytes > size) {
      throw new ConvkitError(
        "pytorch",
        `${file}: storage ${key} ends past the file's ${size} bytes — it is truncated; copy it again`,
      );
    }
    places.set(key, partOf(source, at + 8, bytes, file));
    at += 8 + bytes;
  }
  return places;
}
