import { expect, test } from "vitest";
import { fromBase64, toBase64 } from "../base64.ts";
import { bytesSource } from "../byte-source.ts";
import golden from "./golden/parquet.json" with { type: "json" };
import { openParquet, type ParquetRow } from "./open-parquet.ts";

const open = (bytes: Uint8Array) => openParquet(bytesSource(bytes, "f.parquet"));
const rowsOf = async (bytes: Uint8Array, columns: string[]): Promise<ParquetRow[]> =>
  (await Array.fromAsync((await open(bytes)).groups(columns))).flat();

test.each(["snappy", "plain", "zstd", "gzip", "nameless"] as const)(
  "pictures and labels of a %s file are those that pyarrow wrote",
  async (name) => {
    const bytes = fromBase64(golden.files[name]);
    const rows = await rowsOf(bytes, ["image", "label"]);
    const images = rows.map(({ image }) => image as { bytes: Uint8Array; path?: string | null });
    expect(images.map(({ bytes }) => toBase64(bytes))).toEqual(golden.pictures);
    expect(images.map(({ path }) => path ?? null).slice(0, 2)).toEqual([null, "1.png"]);
    expect(rows.map(({ label }) => Number(label))).toEqual(golden.labels);
    const table = await open(bytes);
    expect([table.rows, table.columns]).toEqual([7, ["image", "label"]]);
    const size = golden.pictures.reduce((sum, text) => sum + fromBase64(text).length, 0);
    expect(table.sizeOf("image")).toBeGreaterThan(size);
    expect(table.metadata.huggingface).toEqual(
      name === "nameless" ? undefined : expect.stringContaining("ClassLabel"),
    );
  },
);

test("groups of rows come one at a time", async () => {
  const table = await open(fromBase64(golden.files.snappy));
  const lengths: number[] = [];
  for await (const rows of table.groups(["label"])) lengths.push(rows.length);
  expect(lengths).toEqual([3, 3, 1]);
});

const whole = fromBase64(golden.files.snappy);
test.each([
  ["an empty file", new Uint8Array(0), /is no Parquet file/],
  ["another file", new TextEncoder().encode("text".repeat(9)), /is no Parquet file/],
  ["a cut file", whole.subarray(0, -200), /damaged \(/],
  ["a footer longer than the file", whole.with(whole.length - 5, 0x7f), /damaged \(/],
  ["damaged rows", whole.map((byte, i) => (i > 20 && i < 200 ? 255 : byte)), /damaged \(/],
])("%s is refused", async (_, bytes, message) => {
  const read = () => rowsOf(bytes, ["image", "label"]);
  await expect(read()).rejects.toThrow(message);
  await expect(read()).rejects.toThrow(/^\[parquet\] f\.parquet: [^\n]+$/);
});
