/** The part of `formats` that touches files. */
export { makeFolder, removeLeftovers, writeFileAtomic } from "./atomic-write-node.ts";
export { readError, writeError } from "./file-error-node.ts";
export { readBytes, readFolder, readUnpacked } from "./read-file-node.ts";
