/** Measures of classifiers, segmentations, regressions and images, streaming on the host. */
export { accuracy } from "./accuracy.ts";
export type { Average, Averaged } from "./average.ts";
export { type AveragePrecisionOptions, averagePrecision } from "./average-precision.ts";
export { type BalancedAccuracyOptions, balancedAccuracy } from "./balanced-accuracy.ts";
export { brier } from "./brier.ts";
export type { RatioOptions } from "./class-ratio.ts";
export {
  type ClassificationReport,
  classificationReport,
  formatReport,
  type ReportOptions,
  type ReportRow,
} from "./classification-report.ts";
export { type CohenKappaOptions, cohenKappa } from "./cohen-kappa.ts";
export type { CountOptions } from "./confusion-counts.ts";
export { type ConfusionMatrixOptions, confusionMatrix } from "./confusion-matrix.ts";
export { dice } from "./dice.ts";
export {
  type CalibrationErrorOptions,
  expectedCalibrationError,
} from "./expected-calibration-error.ts";
export { f1, fBeta } from "./f-beta.ts";
export { hammingLoss } from "./hamming-loss.ts";
export { jaccard } from "./jaccard.ts";
export { type LogLossOptions, logLoss } from "./log-loss.ts";
export { matthews } from "./matthews.ts";
export { meanAbsoluteError } from "./mean-absolute-error.ts";
export { type MeanSquaredErrorOptions, meanSquaredError } from "./mean-squared-error.ts";
export { bestClass, type Metric } from "./metric.ts";
export { metricCollection } from "./metric-collection.ts";
export type { MetricSample, MetricSpec } from "./metric-spec.ts";
export { type MultiScaleSsimOptions, multiScaleSsim } from "./multi-scale-ssim.ts";
export { type PrCurve, prCurve } from "./pr-curve.ts";
export { precision } from "./precision.ts";
export type { ProbabilityOptions } from "./probability-rows.ts";
export { type PsnrOptions, psnr } from "./psnr.ts";
export type { RankOptions } from "./ranked-scores.ts";
export { recall } from "./recall.ts";
export {
  type ReliabilityBin,
  type ReliabilityOptions,
  reliabilityDiagram,
} from "./reliability-diagram.ts";
export { type RocAucOptions, rocAuc } from "./roc-auc.ts";
export { type RocCurve, type RocCurveOptions, rocCurve } from "./roc-curve.ts";
export { specificity } from "./specificity.ts";
export { type SsimOptions, ssim } from "./ssim.ts";
export type { TaskOptions } from "./task.ts";
export { topK } from "./top-k.ts";
export { tversky } from "./tversky.ts";
