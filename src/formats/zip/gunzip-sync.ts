/** Gzip at once, for readers whose libraries cannot wait for a stream (`gzip.ts` is for all others). */
import { gunzipSync } from "fflate";

/** What `bytes` unpack to, at most `size` of it. Throws an Error for damaged data. */
export const unpackGzip = (bytes: Uint8Array, size: number): Uint8Array =>
  gunzipSync(bytes, { out: new Uint8Array(size) });
