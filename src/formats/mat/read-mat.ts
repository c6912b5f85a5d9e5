/**
 * Arrays of numbers in MATLAB's files, level 5 (MathWorks, "MAT-File Format", chapter 1), which MATLAB writes as -v6 and -v7
 * and SciPy as `savemat`: a header of 128 bytes, then elements of a tag (type, bytes) and data. What holds no plain numbers
 * (text, cells, structures, sparse and complex arrays) is left out. A tag is believed only as far as the bytes around it bear it out.
 */
import { ConvkitError } from "../../core/error.ts";
import { formatShape } from "../../core/shape.ts";
import { unzlib } from "../gzip.ts";

export interface MatArray {
  readonly shape: readonly number[];
  /** First axis fastest, as MATLAB stores arrays. Of the smallest type that holds the values, whatever MATLAB calls them. */
  readonly data: MatData;
}

const TYPES = {
  1: Int8Array,
  2: Uint8Array,
  3: Int16Array,
  4: Uint16Array,
  5: Int32Array,
  6: Uint32Array,
  7: Float32Array,
  9: Float64Array,
  12: BigInt64Array,
  13: BigUint64Array,
} as const;

export type MatData = InstanceType<(typeof TYPES)[keyof typeof TYPES]>;

const INT32 = 5;
const UINT32 = 6;
const MATRIX = 14;
const COMPRESSED = 15;
/** Double to unsigned 64-bit integers. */
const NUMERIC_CLASSES = { first: 6, last: 15 } as const;
const COMPLEX = 0x0800;

const HEADER = 128;
/** Larger than SVHN's extra images, 531,131 of 3,072 bytes. */
const UNPACKED_LIMIT = 2 ** 31;
const AGAIN = "the file is damaged; copy or download it again";

function fail(file: string, message: string): never {
  throw new ConvkitError("mat", `${file}: ${message}`);
}

/** The arrays of numbers by their names. */
export async function readMat(
  bytes: Uint8Array,
  file = "MAT data",
): Promise<Map<string, MatArray>> {
  const little = checkHeader(bytes, file);
  const arrays = new Map<string, MatArray>();
  let packed = 0;
  for (let at = HEADER; at < bytes.length; ) {
    let element = readElement({ bytes, little, file }, at);
    at = element.next;
    if (element.type === COMPRESSED) {
      // Not padded, unlike all others.
      at = element.start + element.length;
      const inside = await unzlib(content(bytes, element), file, UNPACKED_LIMIT - packed);
      packed += inside.length;
      element = readElement({ bytes: inside, little, file }, 0);
      if (element.type === MATRIX) addMatrix(arrays, { bytes: inside, little, file }, element);
    } else if (element.type === MATRIX) {
      addMatrix(arrays, { bytes, little, file }, element);
    }
  }
  return arrays;
}

/** Whether numbers are little-endian. */
function checkHeader(bytes: Uint8Array, file: string): boolean {
  const text = String.fromCharCode(...bytes.subarray(0, 19));
  if (text.startsWith("MATLAB 7.3") || text.startsWith("\x89HDF")) {
    fail(file, 'is version 7.3 (HDF5), which is not read — save it with save(…, "-v7")');
  }
  const mark = String.fromCharCode(...bytes.subarray(126, 128));
  if (!text.startsWith("MATLAB 5.0") || (mark !== "IM" && mark !== "MI")) {
    fail(file, "does not start as a MAT file of level 5 does — check which file this is");
  }
  return mark === "IM";
}

interface Bytes {
  readonly bytes: Uint8Array;
  readonly little: boolean;
  readonly file: string;
}

interface Element {
  readonly type: number;
  readonly start: number;
  readonly length: number;
  /** Where the element after it begins: data is padded to 8 bytes. */
  readonly next: number;
}

const content = (bytes: Uint8Array, { start, length }: Element): Uint8Array =>
  bytes.subarray(start, start + length);

const viewOf = ({ buffer, byteOffset, length }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, length);

function readElement({ bytes, little, file }: Bytes, at: number, end = bytes.length): Element {
  if (at + 8 > end) fail(file, `ends inside the tag at byte ${at} — ${AGAIN}`);
  const view = viewOf(bytes);
  const word = view.getUint32(at, little);
  // Up to four bytes of data stand in the tag itself; their number is then in the upper half of the type.
  const small = word >>> 16;
  const length = small || view.getUint32(at + 4, little);
  const start = small ? at + 4 : at + 8;
  if (small > 4 || start + length > end) {
    fail(file, `claims ${length} bytes at byte ${at}, ${end - start} are there — ${AGAIN}`);
  }
  const next = small ? at + 8 : start + Math.ceil(length / 8) * 8;
  return { type: word & 0xffff, start, length, next };
}

function addMatrix(arrays: Map<string, MatArray>, from: Bytes, matrix: Element): void {
  const { bytes, little, file } = from;
  const end = matrix.start + matrix.length;
  if (matrix.length === 0) return;
  const flags = readElement(from, matrix.start, end);
  if (flags.type !== UINT32 || flags.length < 8) fail(file, `an array has no flags — ${AGAIN}`);
  const word = viewOf(bytes).getUint32(flags.start, little);
  const kind = word & 0xff;
  const plain = kind >= NUMERIC_CLASSES.first && kind <= NUMERIC_CLASSES.last;
  if (!plain || word & COMPLEX) return;
  const sizes = readElement(from, flags.next, end);
  if (sizes.type !== INT32 || sizes.length % 4 !== 0) fail(file, `an array has no size — ${AGAIN}`);
  const shape = [...(numbers(from, sizes) as Int32Array)];
  const label = readElement(from, sizes.next, end);
  const name = new TextDecoder().decode(content(bytes, label));
  const values = readElement(from, label.next, end);
  const data = numbers(from, values);
  const count = shape.reduce((product, size) => product * size, 1);
  if (shape.some((size) => size < 0) || data.length !== count) {
    fail(file, `${name} claims ${formatShape(shape)} and has ${data.length} values — ${AGAIN}`);
  }
  arrays.set(name, { shape, data });
}

function numbers({ bytes, little, file }: Bytes, element: Element): MatData {
  const { type, length, start } = element;
  const Numbers = TYPES[type as keyof typeof TYPES];
  const width = Numbers?.BYTES_PER_ELEMENT;
  if (!Numbers || length % width !== 0) {
    fail(file, `${length} bytes of type ${type} at byte ${start} are no numbers — ${AGAIN}`);
  }
  // A copy, so that it begins where the type may begin, except for bytes.
  const raw = width === 1 ? content(bytes, element) : new Uint8Array(content(bytes, element));
  if (!little && width > 1) {
    for (let i = 0; i < length; i += width) raw.subarray(i, i + width).reverse();
  }
  return new Numbers(raw.buffer as ArrayBuffer, raw.byteOffset, length / width);
}
