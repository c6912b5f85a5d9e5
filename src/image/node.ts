/** The part of `image` that reads files. */
export { drawContactSheet, type SheetOptions, type SheetRow } from "./contact-sheet-node.ts";
export { decodeImage, readImage } from "./decode-node.ts";
export { describeImage, type ImageDescription } from "./describe-node.ts";
export { encodeImage, type ImageFormat } from "./encode-node.ts";
export { decodeMask, encodeMask } from "./mask-node.ts";
