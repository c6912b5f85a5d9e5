/**
 * Apache Parquet, the tables in which data sets are published: read by hyparquet, a group of rows at a time. Whatever a damaged
 * file makes it throw comes out as one line.
 */
import {
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { ConvkitError } from "../../core/error.ts";
import type { ByteSource } from "../byte-source.ts";
import { checkPages, claimsOf } from "./check-pages.ts";

export type ParquetRow = Readonly<Record<string, unknown>>;

export interface ParquetTable {
  readonly rows: number;
  /** Of columns, structures as one. */
  readonly columns: readonly string[];
  /** What the writer noted, such as `huggingface`: text, by name. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Bytes that a column takes when it is unpacked. */
  sizeOf(column: string): number;
  /** The rows of each group in turn: bytes as Uint8Array, text as string, whole numbers as number or bigint. */
  groups(columns: readonly string[]): AsyncGenerator<readonly ParquetRow[], void, undefined>;
}

/** One group of rows is in memory at a time, and no more of a column than this. */
const GROUP_LIMIT = 2 ** 31;

const isParquet = (bytes: Uint8Array): boolean =>
  String.fromCharCode(...bytes.subarray(0, 4)) === "PAR1";

/** Throws for what is no Parquet file, or a damaged one. */
export async function openParquet(source: ByteSource): Promise<ParquetTable> {
  const { name, size } = source;
  if (size < 12 || !isParquet(await source.read(0, 4))) {
    throw new ConvkitError("parquet", `${name}: is no Parquet file — check which file this is`);
  }
  const slice = async (start: number, end = size): Promise<ArrayBuffer> => {
    if (start < 0 || end > size || end < start) {
      throw new Error(`bytes ${start} to ${end} of ${size} are named`);
    }
    return (await source.read(start, end - start)).slice().buffer as ArrayBuffer;
  };
  const file = { byteLength: size, slice };
  const metadata = await described(name, () => parquetMetadataAsync(file));
  const { row_groups: groups } = metadata;
  const rows = Number(metadata.num_rows);
  if (rows !== groups.reduce((sum, group) => sum + Number(group.num_rows), 0)) {
    throw damaged(name, `claims ${rows} rows, its groups have others`);
  }
  const { columns, notes } = await described(name, async () => {
    const pairs = (metadata.key_value_metadata ?? []).map(({ key, value = "" }) => [key, value]);
    const children = parquetSchema(metadata).children;
    return {
      columns: children.map(({ element }) => element.name),
      notes: Object.fromEntries(pairs),
    };
  });
  async function* read(wanted: readonly string[]): AsyncGenerator<readonly ParquetRow[]> {
    let rowStart = 0;
    for (const [i, group] of groups.entries()) {
      const rowEnd = rowStart + Number(group.num_rows);
      const bytes = wanted.reduce((sum, column) => sum + unpackedSize(metadata, column, i), 0);
      if (bytes > GROUP_LIMIT) {
        const fact = `group ${i} of its rows takes ${(bytes / 2 ** 30).toFixed(1)} GiB`;
        throw new ConvkitError("parquet", `${name}: ${fact} — write it anew with smaller groups`);
      }
      await described(name, async () => {
        for (const claim of wanted.flatMap((column) => claimsOf(metadata, i, column))) {
          await checkPages(source, claim, compressors);
        }
      });
      const options = {
        columns: [...wanted],
        rowStart,
        rowEnd,
        utf8: false,
        compressors,
      };
      const part = await described(name, () => parquetReadObjects({ file, metadata, ...options }));
      if (part.length !== rowEnd - rowStart) {
        throw damaged(name, `group ${i} has ${part.length} rows, ${rowEnd - rowStart} are claimed`);
      }
      rowStart = rowEnd;
      yield part;
    }
  }
  return {
    rows,
    columns,
    metadata: notes,
    sizeOf: (column) => groups.reduce((sum, _, i) => sum + unpackedSize(metadata, column, i), 0),
    groups: read,
  };
}

/** Of a column with all its parts in one group of rows. */
function unpackedSize(metadata: FileMetaData, column: string, group: number): number {
  let bytes = 0;
  for (const { meta_data } of metadata.row_groups[group].columns) {
    if (meta_data?.path_in_schema?.[0] === column)
      bytes += Number(meta_data.total_uncompressed_size);
  }
  return bytes;
}

async function described<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ConvkitError) throw cause;
    throw damaged(name, String((cause as Error)?.message ?? cause).split("\n")[0], cause);
  }
}

const damaged = (name: string, fact: string, cause?: unknown): ConvkitError =>
  new ConvkitError("parquet", `${name}: damaged (${fact}) — copy or download it again`, { cause });
