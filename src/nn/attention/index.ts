/** Attention, and what goes with it: positions, windows, gates, blocks. */
export { Attention, type AttentionOptions, attention } from "./attention.ts";
export { Cbam, type CbamOptions, cbam } from "./cbam.ts";
export { ChannelAttention, channelAttention } from "./channel-attention.ts";
export { ClassToken, classToken, prependTokens } from "./class-token.ts";
export {
  EfficientChannelAttention,
  type EfficientChannelAttentionOptions,
  efficientChannelAttention,
} from "./efficient-channel-attention.ts";
export { Mlp, type MlpOptions, mlp } from "./mlp.ts";
export {
  type AttentionMasks,
  MultiheadAttention,
  type MultiheadAttentionOptions,
  multiheadAttention,
} from "./multihead-attention.ts";
export { PatchEmbed, type PatchEmbedOptions, patchEmbed } from "./patch-embed.ts";
export { PositionEmbedding, positionEmbedding } from "./position-embedding.ts";
export {
  type AttentionCall,
  DotProductAttention,
  type DotProductAttentionOptions,
  dotProductAttention,
  scaledDotProductAttention,
} from "./scaled-dot-product-attention.ts";
export {
  ShiftedWindowAttention,
  type ShiftedWindowAttentionOptions,
  shiftedWindowAttention,
} from "./shifted-window-attention.ts";
export {
  ShiftedWindowAttentionV2,
  shiftedWindowAttentionV2,
} from "./shifted-window-attention-v2.ts";
export {
  SincosPositionEmbedding,
  sincosPositionEmbedding,
  sincosPositions,
} from "./sincos-position-embedding.ts";
export {
  SinusoidalPositionEmbedding,
  sinusoidalPositionEmbedding,
  sinusoidalPositions,
} from "./sinusoidal-position-embedding.ts";
export { SpatialAttention, spatialAttention } from "./spatial-attention.ts";
export {
  SqueezeExcitation,
  type SqueezeExcitationOptions,
  squeezeExcitation,
} from "./squeeze-excitation.ts";
export {
  TransformerBlock,
  type TransformerBlockOptions,
  transformerBlock,
} from "./transformer-block.ts";
export { windowPartition, windowReverse } from "./window-partition.ts";
