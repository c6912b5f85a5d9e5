/**
 * Events as TensorBoard reads them: the messages of event.proto, summary.proto and tensor.proto (TensorFlow) that it draws
 * curves, pictures, distributions and precision-recall curves from. Field numbers are those of the .proto files.
 */
import { PbfWriter } from "pbf";
import type { Histogram } from "./histogram.ts";
import type { PrCurve } from "./pr-curve.ts";

/** A picture as a PNG file. */
export interface EncodedPicture {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly png: Uint8Array;
}

export type Summary = { readonly tag: string } & (
  | { readonly scalar: number }
  | { readonly image: EncodedPicture }
  | { readonly histogram: Histogram }
  | { readonly prCurve: PrCurve }
  | { readonly text: string }
);

export interface Event {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  readonly summaries: readonly Summary[];
}

/** DataType of types.proto. */
const DT_FLOAT = 1;
const DT_STRING = 7;
/** DataClass of summary.proto: what a plug-in's tensor holds. */
const DATA_CLASS_TENSOR = 2;

/** The first event of a file. */
export function encodeFileVersion(wallTime: number): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeDoubleField(1, wallTime);
  pbf.writeStringField(3, "brain.Event:2");
  return pbf.finish();
}

export function encodeEvent({ wallTime, step, summaries }: Event): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeDoubleField(1, wallTime);
  pbf.writeVarintField(2, step);
  pbf.writeMessage(5, writeSummaries, summaries);
  return pbf.finish();
}

function writeSummaries(summaries: readonly Summary[], pbf: PbfWriter): void {
  for (const summary of summaries) pbf.writeMessage(1, writeSummary, summary);
}

function writeSummary(summary: Summary, pbf: PbfWriter): void {
  pbf.writeStringField(1, summary.tag);
  if ("scalar" in summary) pbf.writeFloatField(2, summary.scalar);
  else if ("image" in summary) pbf.writeMessage(4, writeImage, summary.image);
  else if ("histogram" in summary) pbf.writeMessage(5, writeHistogram, summary.histogram);
  else if ("prCurve" in summary) {
    pbf.writeMessage(8, writeTensor, { type: DT_FLOAT, ...summary.prCurve });
    pbf.writeMessage(9, writePlugin, { name: "pr_curves", thresholds: summary.prCurve.shape[1] });
  } else {
    pbf.writeMessage(8, writeTensor, { type: DT_STRING, shape: [1], text: summary.text });
    pbf.writeMessage(9, writePlugin, { name: "text" });
  }
}

function writeImage({ height, width, channels, png }: EncodedPicture, pbf: PbfWriter): void {
  pbf.writeVarintField(1, height);
  pbf.writeVarintField(2, width);
  pbf.writeVarintField(3, channels);
  pbf.writeBytesField(4, png);
}

function writeHistogram(histogram: Histogram, pbf: PbfWriter): void {
  const { min, max, count, sum, sumOfSquares, limits, counts } = histogram;
  for (const [i, value] of [min, max, count, sum, sumOfSquares].entries()) {
    pbf.writeDoubleField(i + 1, value);
  }
  pbf.writePackedDouble(6, [...limits]);
  pbf.writePackedDouble(7, [...counts]);
}

interface TensorMessage {
  readonly type: number;
  readonly shape: readonly number[];
  readonly values?: Float32Array;
  readonly text?: string;
}

function writeTensor({ type, shape, values, text }: TensorMessage, pbf: PbfWriter): void {
  pbf.writeVarintField(1, type);
  pbf.writeMessage(2, writeShape, shape);
  if (values) pbf.writePackedFloat(5, [...values]);
  if (text !== undefined) pbf.writeStringField(8, text);
}

function writeShape(shape: readonly number[], pbf: PbfWriter): void {
  for (const size of shape) pbf.writeMessage(2, writeSize, size);
}

const writeSize = (size: number, pbf: PbfWriter): void => pbf.writeVarintField(1, size);

interface Plugin {
  readonly name: string;
  /** Of the pr_curves plug-in's own message. */
  readonly thresholds?: number;
}

function writePlugin(plugin: Plugin, pbf: PbfWriter): void {
  pbf.writeMessage(1, writePluginData, plugin);
  pbf.writeVarintField(4, DATA_CLASS_TENSOR);
}

function writePluginData({ name, thresholds }: Plugin, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  if (thresholds !== undefined) pbf.writeMessage(2, writeThresholds, thresholds);
}

const writeThresholds = (thresholds: number, pbf: PbfWriter): void =>
  pbf.writeVarintField(2, thresholds);
