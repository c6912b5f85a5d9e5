/** Transfer learning: a trained network's features, heads on them, probes. */
export { NONE } from "../model-card.ts";
export { bodyLayers, layersBelow } from "./body-layers.ts";
export { parseClassMap } from "./class-map.ts";
export { type EmbedOptions, embed } from "./embed.ts";
export type { FeatureTable } from "./feature-table.ts";
export { featureExtractor } from "./features.ts";
export type { FitOptions, Fitted } from "./fit-head.ts";
export {
  type DistanceMetric,
  type HeadKind,
  type HeadSettings,
  headKinds,
} from "./head-settings.ts";
export {
  type LinearClassifier,
  type LogisticRegressionOptions,
  logisticRegression,
} from "./logistic-regression.ts";
export { type Probe, type ProbeResult, probe } from "./probe.ts";
export { TransferNetwork, transferNetwork } from "./transfer-network.ts";
export { type HeadOptions, type TrainedModel, type WithHead, withHead } from "./with-head.ts";
