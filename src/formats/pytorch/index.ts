/** `convkit/pytorch`: PyTorch's files of weights, in Node and in browsers. */
export { bytesSource } from "../byte-source.ts";
export { openPytorch } from "./open-pytorch.ts";
export { type PytorchEntry, pytorchPieces } from "./pytorch-pieces.ts";
