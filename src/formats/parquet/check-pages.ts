/**
 * What the pages of a column claim, checked before hyparquet believes it: it fills an array for as many values as a page or a run of
 * equal values names, be they two thousand million in a file of a kilobyte. Runs are those of the hybrid encoding (Apache Parquet,
 * "Encodings": a header whose last bit says bit-packed groups of 8 or one value repeated).
 */
import type { ColumnMetaData, Compressors, FileMetaData, PageHeader } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { decompressPage } from "hyparquet/src/datapage.js";
import type { ByteSource } from "../byte-source.ts";

/** Of a column in a group of rows without lists: a value a row. */
export interface ColumnClaim {
  readonly meta: ColumnMetaData;
  readonly rows: number;
  /** How many structures on the way to the value may be missing, itself among them. */
  readonly definitionLevel: number;
}

interface Reader {
  readonly view: DataView;
  offset: number;
}

const readerOf = ({ buffer, byteOffset, length }: Uint8Array): Reader => ({
  view: new DataView(buffer, byteOffset, length),
  offset: 0,
});

/** The columns of a group whose path begins with `column`. */
export function claimsOf(metadata: FileMetaData, group: number, column: string): ColumnClaim[] {
  const { columns, num_rows } = metadata.row_groups[group];
  return columns.flatMap(({ meta_data: meta }) => {
    if (meta?.path_in_schema[0] !== column) return [];
    return [{ meta, rows: Number(num_rows), definitionLevel: definitionLevel(metadata, meta) }];
  });
}

/** Throws an Error where a list is on the way to the value. */
function definitionLevel(
  { schema }: FileMetaData,
  { path_in_schema: path }: ColumnMetaData,
): number {
  let [at, level] = [1, 0];
  let siblings = schema[0]?.num_children ?? 0;
  for (const name of path) {
    while (siblings > 0 && schema[at]?.name !== name) {
      at = afterElement(schema, at);
      siblings--;
    }
    const element = schema[at];
    if (siblings === 0 || !element)
      throw new Error(`column ${path.join(".")} is not in the schema`);
    if (element.repetition_type === "REPEATED") throw new Error(`${path.join(".")} is a list`);
    if (element.repetition_type === "OPTIONAL") level++;
    siblings = element.num_children ?? 0;
    at++;
  }
  return level;
}

/** The place behind an element and all below it. */
function afterElement(schema: FileMetaData["schema"], at: number): number {
  let open = 1;
  let next = at;
  while (open > 0 && next < schema.length) open += (schema[next++].num_children ?? 0) - 1;
  return next;
}

/** Throws an Error for pages that claim more than their column. */
export async function checkPages(
  source: ByteSource,
  { meta, rows, definitionLevel }: ColumnClaim,
  compressors: Compressors,
): Promise<void> {
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const size = Number(meta.total_compressed_size);
  const unpacked = Number(meta.total_uncompressed_size);
  if (!(start >= 0 && size >= 0 && start + size <= source.size)) {
    throw new Error(`a column claims bytes ${start} to ${start + size}`);
  }
  const bytes = await source.read(start, size);
  const reader = readerOf(bytes);
  let seen = 0;
  while (reader.offset < size && seen < rows) {
    const header = parquetHeader(reader);
    const { compressed_page_size: packed, uncompressed_page_size: plain } = header;
    if (!(packed >= 0 && reader.offset + packed <= size && plain >= 0 && plain <= unpacked)) {
      throw new Error(`a page claims ${packed} bytes for ${plain}`);
    }
    const page = bytes.subarray(reader.offset, reader.offset + packed);
    reader.offset += packed;
    const about =
      header.data_page_header ?? header.data_page_header_v2 ?? header.dictionary_page_header;
    const count = about?.num_values ?? 0;
    // A value takes a byte at least, except in a run.
    const most = header.dictionary_page_header ? plain : rows - seen;
    if (!(count >= 0 && count <= most)) throw new Error(`a page claims ${count} values`);
    if (header.dictionary_page_header) continue;
    seen += count;
    const levels = definitionLevel === 0 ? 0 : 32 - Math.clz32(definitionLevel);
    const unpack = (packedPage: Uint8Array, length: number): Uint8Array =>
      decompressPage(packedPage, length, meta.codec, compressors);
    if (header.data_page_header) checkFirstForm(unpack(page, plain), header, count, levels);
    else checkSecondForm(page, header, count, levels, unpack);
  }
}

const isDictionary = (encoding: string | undefined): boolean =>
  encoding === "RLE_DICTIONARY" || encoding === "PLAIN_DICTIONARY";

/** Levels, their length in front, and values, all packed together. */
function checkFirstForm(
  page: Uint8Array,
  { data_page_header: about }: PageHeader,
  count: number,
  levels: number,
): void {
  let at = 0;
  if (levels > 0) {
    at = 4 + readerOf(page).view.getUint32(0, true);
    if (at > page.length) throw new Error(`levels claim ${at} bytes`);
    checkRuns(page.subarray(4, at), levels, count);
  }
  if (isDictionary(about?.encoding)) checkIndices(page.subarray(at), count);
}

/** Levels lie before the packed values. */
function checkSecondForm(
  page: Uint8Array,
  { data_page_header_v2: about, uncompressed_page_size }: PageHeader,
  count: number,
  levels: number,
  unpack: (packed: Uint8Array, length: number) => Uint8Array,
): void {
  if (!about) return;
  const { definition_levels_byte_length: length, repetition_levels_byte_length: before } = about;
  const nulls = about.num_nulls;
  if (!(length >= 0 && before === 0 && length <= page.length && nulls >= 0 && nulls <= count)) {
    throw new Error(`a page claims ${length} and ${before} bytes of levels and ${nulls} nulls`);
  }
  if (levels > 0) checkRuns(page.subarray(0, length), levels, count);
  if (!isDictionary(about.encoding)) return;
  const packed = page.subarray(length);
  const plain = uncompressed_page_size - length;
  const values = about.is_compressed === false || plain === 0 ? packed : unpack(packed, plain);
  checkIndices(values, count - nulls);
}

/** Indices into a dictionary, their width in front. */
function checkIndices(bytes: Uint8Array, count: number): void {
  const width = bytes[0] ?? 0;
  if (width > 32) throw new Error(`indices of ${width} bits`);
  if (width > 0) checkRuns(bytes.subarray(1), width, count);
}

/** Runs of no more than `count` values; groups of bit-packed ones may be 7 longer. */
function checkRuns(bytes: Uint8Array, width: number, count: number): void {
  let [at, seen] = [0, 0];
  while (seen < count && at < bytes.length) {
    let [header, shift] = [0, 0];
    do {
      header += (bytes[at] & 0x7f) * 2 ** shift;
      shift += 7;
    } while (bytes[at++] & 0x80 && shift < 35);
    const run = Math.floor(header / 2);
    const isPacked = header % 2 === 1;
    at += isPacked ? run * width : Math.ceil(width / 8);
    const values = isPacked ? run * 8 : run;
    if (values === 0 || seen + values > count + (isPacked ? 7 : 0)) {
      throw new Error(`a run of ${values} values where ${count - seen} are claimed`);
    }
    seen += values;
  }
}
