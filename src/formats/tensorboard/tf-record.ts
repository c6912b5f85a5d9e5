/**
 * TFRecord (TensorFlow, lib/io/record_writer): each record is
 *
 *     length (u64) | masked CRC of the length (u32) | bytes | masked CRC of the bytes (u32),   little-endian
 *
 * so that a file can be appended to, and one that was cut off is read up to its last whole record.
 */
import { ConvkitError } from "../../core/error.ts";
import { crc32c } from "./crc32c.ts";

const HEADER = 12;
const FOOTER = 4;

/** A CRC of bytes that contain CRCs is turned and moved. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

export function encodeRecord(bytes: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEADER + bytes.length + FOOTER);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(bytes.length), true);
  view.setUint32(8, maskedCrc(record.subarray(0, 8)), true);
  record.set(bytes, HEADER);
  view.setUint32(HEADER + bytes.length, maskedCrc(bytes), true);
  return record;
}

/** The whole records of a file, as views of it. Throws where a checksum is wrong; `file` is for the message. */
export function readRecords(file: Uint8Array, name = "events"): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const records: Uint8Array[] = [];
  for (let at = 0; at + HEADER <= file.length; ) {
    check(view.getUint32(at + 8, true), file.subarray(at, at + 8), name, at);
    const end = at + HEADER + Number(view.getBigUint64(at, true));
    if (end + FOOTER > file.length) break;
    const bytes = file.subarray(at + HEADER, end);
    check(view.getUint32(end, true), bytes, name, at);
    records.push(bytes);
    at = end + FOOTER;
  }
  return records;
}

function check(stored: number, bytes: Uint8Array, name: string, at: number): void {
  if (stored === maskedCrc(bytes)) return;
  throw new ConvkitError(
    "tensorboard",
    `${name}: the checksum of the record at byte ${at} is wrong — the file is damaged; copy it again`,
  );
}
