/**
 * What trains for anything else than the classes of pictures: a class for each pixel, and several inputs and outputs. In one
 * piece, as all of it needs the same parts of a training: a bundler would cut these into many files otherwise.
 */
export { checkMasks } from "./check-masks.ts";
export { SegmentationRun } from "./segmentation-run.ts";
export { settledSegmentation } from "./settled-segmentation.ts";
export { trainTensors } from "./train-tensors.ts";
