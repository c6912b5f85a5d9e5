/** Every loss of the library. Tests run over the list, and docs are made from it; bundles leave it out. */
import { bceSpec } from "./bce.ts";
import { bceWithLogitsSpec } from "./bce-with-logits.ts";
import { contrastiveSpec } from "./contrastive.ts";
import { cosineEmbeddingSpec } from "./cosine-embedding.ts";
import { cosineSimilaritySpec } from "./cosine-similarity.ts";
import { crossEntropySpec } from "./cross-entropy.ts";
import { focalTverskySpec } from "./focal-tversky.ts";
import { gradientPenaltySpec } from "./gan/gradient-penalty.ts";
import { ganHingeSpec } from "./gan/hinge.ts";
import { leastSquaresSpec } from "./gan/least-squares.ts";
import { minimaxSpec } from "./gan/minimax.ts";
import { nonSaturatingSpec } from "./gan/non-saturating.ts";
import { wassersteinSpec } from "./gan/wasserstein.ts";
import { gaussianNllSpec } from "./gaussian-nll.ts";
import { gramMatrixSpec } from "./gram-matrix.ts";
import { hingeSpec } from "./hinge.ts";
import { hingeEmbeddingSpec } from "./hinge-embedding.ts";
import { huberSpec } from "./huber.ts";
import { jsDivergenceSpec } from "./js-divergence.ts";
import { klDivSpec } from "./kl-div.ts";
import { l1Spec } from "./l1.ts";
import type { LossSpec } from "./loss-spec.ts";
import { lovaszHingeSpec } from "./lovasz-hinge.ts";
import { lovaszSoftmaxSpec } from "./lovasz-softmax.ts";
import { marginRankingSpec } from "./margin-ranking.ts";
import { mseSpec } from "./mse.ts";
import { multiLabelSoftMarginSpec } from "./multi-label-soft-margin.ts";
import { multiMarginSpec } from "./multi-margin.ts";
import { nllSpec } from "./nll.ts";
import { perceptualLossSpec } from "./perceptual-loss.ts";
import { poissonNllSpec } from "./poisson-nll.ts";
import { sigmoidFocalSpec } from "./sigmoid-focal.ts";
import { smoothL1Spec } from "./smooth-l1.ts";
import { softDiceSpec } from "./soft-dice.ts";
import { softJaccardSpec } from "./soft-jaccard.ts";
import { softMarginSpec } from "./soft-margin.ts";
import { softTverskySpec } from "./soft-tversky.ts";
import { softmaxFocalSpec } from "./softmax-focal.ts";
import { squaredErrorSpec } from "./squared-error.ts";
import { styleLossSpec } from "./style-loss.ts";
import { totalVariationSpec } from "./total-variation.ts";
import { tripletMarginSpec } from "./triplet-margin.ts";

export const lossSpecs: readonly LossSpec[] = [
  // Regression
  mseSpec,
  l1Spec,
  huberSpec,
  smoothL1Spec,
  squaredErrorSpec,
  poissonNllSpec,
  gaussianNllSpec,
  // Classification
  crossEntropySpec,
  nllSpec,
  bceSpec,
  bceWithLogitsSpec,
  sigmoidFocalSpec,
  softmaxFocalSpec,
  hingeSpec,
  multiMarginSpec,
  multiLabelSoftMarginSpec,
  softMarginSpec,
  // Segmentation
  softDiceSpec,
  softJaccardSpec,
  softTverskySpec,
  focalTverskySpec,
  lovaszSoftmaxSpec,
  lovaszHingeSpec,
  // Distributions
  klDivSpec,
  jsDivergenceSpec,
  // Ranks and embeddings
  marginRankingSpec,
  hingeEmbeddingSpec,
  cosineSimilaritySpec,
  cosineEmbeddingSpec,
  tripletMarginSpec,
  contrastiveSpec,
  // Pictures
  totalVariationSpec,
  perceptualLossSpec,
  gramMatrixSpec,
  styleLossSpec,
  // Adversaries
  minimaxSpec,
  nonSaturatingSpec,
  leastSquaresSpec,
  wassersteinSpec,
  ganHingeSpec,
  gradientPenaltySpec,
];
