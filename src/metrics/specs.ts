/** The catalogue of this folder, for tests and for the documentation. */
import { accuracySpec } from "./accuracy.ts";
import { averagePrecisionSpec } from "./average-precision.ts";
import { balancedAccuracySpec } from "./balanced-accuracy.ts";
import { brierSpec } from "./brier.ts";
import { classificationReportSpec } from "./classification-report.ts";
import { cohenKappaSpec } from "./cohen-kappa.ts";
import { confusionMatrixSpec } from "./confusion-matrix.ts";
import { diceSpec } from "./dice.ts";
import { expectedCalibrationErrorSpec } from "./expected-calibration-error.ts";
import { f1Spec, fBetaSpec } from "./f-beta.ts";
import { hammingLossSpec } from "./hamming-loss.ts";
import { jaccardSpec } from "./jaccard.ts";
import { logLossSpec } from "./log-loss.ts";
import { matthewsSpec } from "./matthews.ts";
import { meanAbsoluteErrorSpec } from "./mean-absolute-error.ts";
import { meanSquaredErrorSpec } from "./mean-squared-error.ts";
import type { MetricSpec } from "./metric-spec.ts";
import { multiScaleSsimSpec } from "./multi-scale-ssim.ts";
import { prCurveSpec } from "./pr-curve.ts";
import { precisionSpec } from "./precision.ts";
import { psnrSpec } from "./psnr.ts";
import { recallSpec } from "./recall.ts";
import { reliabilityDiagramSpec } from "./reliability-diagram.ts";
import { rocAucSpec } from "./roc-auc.ts";
import { rocCurveSpec } from "./roc-curve.ts";
import { specificitySpec } from "./specificity.ts";
import { ssimSpec } from "./ssim.ts";
import { topKSpec } from "./top-k.ts";
import { tverskySpec } from "./tversky.ts";

export const metricSpecs: readonly MetricSpec[] = [
  accuracySpec,
  topKSpec,
  confusionMatrixSpec,
  precisionSpec,
  recallSpec,
  specificitySpec,
  fBetaSpec,
  f1Spec,
  jaccardSpec,
  diceSpec,
  tverskySpec,
  matthewsSpec,
  cohenKappaSpec,
  balancedAccuracySpec,
  hammingLossSpec,
  classificationReportSpec,
  rocCurveSpec,
  rocAucSpec,
  prCurveSpec,
  averagePrecisionSpec,
  logLossSpec,
  brierSpec,
  expectedCalibrationErrorSpec,
  reliabilityDiagramSpec,
  meanSquaredErrorSpec,
  meanAbsoluteErrorSpec,
  psnrSpec,
  ssimSpec,
  multiScaleSsimSpec,
];
