/** The part of `image` that reads files. */
export { decodeImage, readImage } from "./decode-node.ts";
export { encodeImage, type ImageFormat } from "./encode-node.ts";
