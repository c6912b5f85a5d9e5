/** Measures of classifiers, streaming on the host. */
export { accuracy } from "./accuracy.ts";
export { confusionMatrix } from "./confusion-matrix.ts";
export { bestClass, type Metric } from "./metric.ts";
export { topK } from "./top-k.ts";
