/** Losses: functions of symbolic tensors that give a scalar to differentiate. */
export { type BceOptions, bce } from "./bce.ts";
export { type BceWithLogitsOptions, bceWithLogits } from "./bce-with-logits.ts";
export type { LayerWeights } from "./captured-layers.ts";
export type { ClassWeights } from "./class-labels.ts";
export { type ContrastiveOptions, contrastive } from "./contrastive.ts";
export { type CosineEmbeddingOptions, cosineEmbedding } from "./cosine-embedding.ts";
export { type CosineSimilarityOptions, cosineSimilarity } from "./cosine-similarity.ts";
export { type CrossEntropyOptions, crossEntropy } from "./cross-entropy.ts";
export { type FocalTverskyOptions, focalTversky } from "./focal-tversky.ts";
export * as gan from "./gan/index.ts";
export { type GaussianNllOptions, gaussianNll } from "./gaussian-nll.ts";
export { gramMatrix } from "./gram-matrix.ts";
export { type HingeOptions, hinge } from "./hinge.ts";
export { type HingeEmbeddingOptions, hingeEmbedding } from "./hinge-embedding.ts";
export { type HuberOptions, huber } from "./huber.ts";
export { jsDivergence } from "./js-divergence.ts";
export { type KlDivOptions, klDiv } from "./kl-div.ts";
export { l1 } from "./l1.ts";
export type { LossSample, LossSpec } from "./loss-spec.ts";
export { type LovaszHingeOptions, lovaszHinge } from "./lovasz-hinge.ts";
export { type LovaszSoftmaxOptions, lovaszSoftmax } from "./lovasz-softmax.ts";
export { type MarginRankingOptions, marginRanking } from "./margin-ranking.ts";
export { mse } from "./mse.ts";
export {
  type MultiLabelSoftMarginOptions,
  multiLabelSoftMargin,
} from "./multi-label-soft-margin.ts";
export { type MultiMarginOptions, multiMargin } from "./multi-margin.ts";
export { type NllOptions, nll } from "./nll.ts";
export { type PerceptualLossOptions, perceptualLoss } from "./perceptual-loss.ts";
export { type PoissonNllOptions, poissonNll } from "./poisson-nll.ts";
export type { Reduction } from "./reduction.ts";
export type { OverlapOptions, SegmentationOptions } from "./segmentation.ts";
export { type SigmoidFocalOptions, sigmoidFocal } from "./sigmoid-focal.ts";
export { type SmoothL1Options, smoothL1 } from "./smooth-l1.ts";
export { type SoftDiceOptions, softDice } from "./soft-dice.ts";
export { softJaccard } from "./soft-jaccard.ts";
export { softMargin } from "./soft-margin.ts";
export { type SoftTverskyOptions, softTversky } from "./soft-tversky.ts";
export { type SoftmaxFocalOptions, softmaxFocal } from "./softmax-focal.ts";
export { squaredError } from "./squared-error.ts";
export { styleLoss } from "./style-loss.ts";
export { type TotalVariationOptions, totalVariation } from "./total-variation.ts";
export { type TripletMarginOptions, tripletMargin } from "./triplet-margin.ts";
