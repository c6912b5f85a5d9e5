/** A state dict as torch.load reads it: the zip form, with a pickle that says no more than names, shapes and storages. */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, sizeOf, stridesOf } from "../../core/shape.ts";
import { type ZipFile, zipPieces } from "../zip/zip-pieces.ts";

export interface PytorchEntry {
  readonly name: string;
  readonly type: keyof typeof storages;
  readonly shape: readonly number[];
  read(): StoredArray | Promise<StoredArray>;
}

type StoredArray = Float32Array | BigInt64Array;

const storages = { f32: "FloatStorage", i64: "LongStorage" } as const;

/** The bytes of a `.pth` file, a tensor at a time; an OrderedDict in the order given. */
export function pytorchPieces(entries: readonly PytorchEntry[]): AsyncGenerator<Uint8Array> {
  const text = (name: string, value: string): ZipFile => ({
    name: `archive/${name}`,
    read: () => new TextEncoder().encode(value),
  });
  const numbers = entries.map((entry, i): ZipFile => {
    const read = async () => encodeStorage(entry, await entry.read());
    return { name: `archive/data/${i}`, read };
  });
  return zipPieces([
    { name: "archive/data.pkl", read: () => pickle(entries) },
    text("byteorder", "little"),
    ...numbers,
    text("version", "3\n"),
  ]);
}

function encodeStorage({ name, shape }: PytorchEntry, values: StoredArray): Uint8Array {
  if (values.length !== sizeOf(shape)) {
    throw new ConvkitError(
      "pytorch",
      `${name}: shape ${formatShape(shape)} does not fit ${values.length} values`,
    );
  }
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Protocol 2: an OrderedDict of `_rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())`. */
function pickle(entries: readonly PytorchEntry[]): Uint8Array {
  const out: (Uint8Array | string)[] = ["\x80\x02", DICT, "("];
  for (const [i, { name, type, shape }] of entries.entries()) {
    const id = [
      unicode("storage"),
      global("torch", storages[type]),
      unicode(String(i)),
      unicode("cpu"),
    ];
    out.push(unicode(name), global("torch._utils", "_rebuild_tensor_v2"), "(");
    out.push("(", ...id, integer(sizeOf(shape)), "t", "Q", integer(0));
    out.push("(", ...shape.map(integer), "t", "(", ...stridesOf(shape).map(integer), "t");
    out.push("\x89", DICT, "t", "R");
  }
  out.push("u", ".");
  const pieces = out.map((piece) => (typeof piece === "string" ? latin1(piece) : piece));
  return new Uint8Array(pieces.flatMap((piece) => [...piece]));
}

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

const global = (module: string, name: string): string => `c${module}\n${name}\n`;

/** `collections.OrderedDict()` */
const DICT = "ccollections\nOrderedDict\n)R";

function unicode(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const out = new Uint8Array(5 + bytes.length);
  out[0] = 0x58; // BINUNICODE
  new DataView(out.buffer).setUint32(1, bytes.length, true);
  out.set(bytes, 5);
  return out;
}

/** BININT, or LONG1 where 31 bits do not do. */
function integer(value: number): Uint8Array {
  const isSmall = value < 2 ** 31;
  const out = new Uint8Array(isSmall ? 5 : 10);
  const view = new DataView(out.buffer);
  out.set(isSmall ? [0x4a] : [0x8a, 8]);
  if (isSmall) view.setInt32(1, value, true);
  else view.setBigInt64(2, BigInt(value), true);
  return out;
}
