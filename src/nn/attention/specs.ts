/** The catalogue of this folder, for tests and for docs/layers.md. */
import type { LayerSpec } from "../layer-spec.ts";
import { attentionSpec } from "./attention.ts";
import { cbamSpec } from "./cbam.ts";
import { channelAttentionSpec } from "./channel-attention.ts";
import { classTokenSpec } from "./class-token.ts";
import { efficientChannelAttentionSpec } from "./efficient-channel-attention.ts";
import { mlpSpec } from "./mlp.ts";
import { multiheadAttentionSpec } from "./multihead-attention.ts";
import { patchEmbedSpec } from "./patch-embed.ts";
import { positionEmbeddingSpec } from "./position-embedding.ts";
import { dotProductAttentionSpec } from "./scaled-dot-product-attention.ts";
import { shiftedWindowAttentionSpec } from "./shifted-window-attention.ts";
import { shiftedWindowAttentionV2Spec } from "./shifted-window-attention-v2.ts";
import { sincosPositionEmbeddingSpec } from "./sincos-position-embedding.ts";
import { sinusoidalPositionEmbeddingSpec } from "./sinusoidal-position-embedding.ts";
import { spatialAttentionSpec } from "./spatial-attention.ts";
import { squeezeExcitationSpec } from "./squeeze-excitation.ts";
import { transformerBlockSpec } from "./transformer-block.ts";

export const attentionSpecs: readonly LayerSpec[] = [
  dotProductAttentionSpec,
  multiheadAttentionSpec,
  attentionSpec,
  shiftedWindowAttentionSpec,
  shiftedWindowAttentionV2Spec,
  mlpSpec,
  transformerBlockSpec,
  patchEmbedSpec,
  classTokenSpec,
  positionEmbeddingSpec,
  sinusoidalPositionEmbeddingSpec,
  sincosPositionEmbeddingSpec,
  squeezeExcitationSpec,
  efficientChannelAttentionSpec,
  channelAttentionSpec,
  spatialAttentionSpec,
  cbamSpec,
];
