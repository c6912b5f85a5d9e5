/**
 * Swin transformers of the second version (Liu et al. 2021, arXiv:2111.09883), as torchvision has them: cosine attention with a
 * bias from a small network, norms after attention and MLP, windows of 8×8. timm keeps the biases of queries and values
 * apart, so its files have other entries, not only other names.
 */
import { shiftedWindowAttentionV2 } from "../nn/attention/shifted-window-attention-v2.ts";
import { checkRequest, infoOf, type MadeModel, type ModelRequest, requestNotes } from "./model.ts";
import { SwinTransformer, swinInfos } from "./swin.ts";

const WINDOW = 8;

// The sizes of the first version.
// biome-ignore format: a table
const variants = [
  // name        dim  depths         heads            dropPath parameters  macs            top1   resized
  ["swin_v2_t",  96,  [2, 2,  6, 2], [3, 6, 12, 24],  0.2,     28_351_570,  5_939_690_496, 82.072, 260],
  ["swin_v2_s",  96,  [2, 2, 18, 2], [3, 6, 12, 24],  0.3,     49_737_442, 11_545_857_024, 83.712, 260],
  ["swin_v2_b",  128, [2, 2, 18, 2], [4, 8, 16, 32],  0.5,     87_930_848, 20_325_134_336, 84.112, 272],
] as const;

export const infos = /* @__PURE__ */ swinInfos(
  variants,
  "SwinV2",
  256,
  "Liu et al. 2021, arXiv:2111.09883, section 3.5",
);

export function make(request: ModelRequest): MadeModel {
  checkRequest(request, 4);
  const info = infoOf(infos, request.name);
  const [, dim, depths, heads, rate] = variants[infos.indexOf(info)];
  const { classes, dropRate, dropPathRate = rate } = request;
  const net = new SwinTransformer({
    dim,
    depths,
    heads,
    window: WINDOW,
    place: "after",
    attention: shiftedWindowAttentionV2,
    dropPathRate,
    dropRate,
    classes,
  });
  return { net, notes: requestNotes(request, info) };
}
