/** What the makers of Keras' layers are given and give, and how they read a layer's settings. */
import type { Tensor } from "../../graph/tensor.ts";
import type { Module } from "../../nn/module.ts";
import { type Pair, pair } from "../../nn/pair.ts";
import type { Config } from "./topology.ts";

/** Where a state of ours comes from: the last part of the weight's name, and the order of its axes here. */
export interface StateSource {
  readonly weight: string;
  readonly axes?: readonly number[];
  /** I×m×kH×kW, to become the filters of I groups. */
  readonly depthwise?: boolean;
}

export interface MadeLayer {
  readonly module: Module<readonly Tensor[]>;
  readonly states?: Readonly<Record<string, StateSource>>;
}

/** What a layer may ask of the file while it is made. */
export interface LayerContext {
  readonly config: Config;
  /** Shape of one of its weights, as in the file. */
  weightShape(weight: string): readonly number[];
  fail(fact: string): never;
}

export type LayerMaker = (context: LayerContext) => MadeLayer;

/** A layer of ours that takes one tensor and no weights of the file. */
export const layerOf = (module: Module): MadeLayer => ({
  module: module as Module<readonly Tensor[]>,
});

export const number = (config: Config, key: string, otherwise: number): number =>
  typeof config[key] === "number" ? config[key] : otherwise;

export const isTrue = (config: Config, key: string, otherwise: boolean): boolean =>
  typeof config[key] === "boolean" ? config[key] : otherwise;

/** A size of a window: one number, or rows and columns. */
export function window(
  { config, fail }: LayerContext,
  key: string,
  otherwise?: Pair,
): readonly [number, number] {
  const value = config[key] ?? otherwise;
  const isSize = (size: unknown) => Number.isInteger(size) && (size as number) > 0;
  const isPair = Array.isArray(value) && value.length === 2 && value.every(isSize);
  return isPair || isSize(value) ? pair(value as Pair) : fail(`${key} is ${JSON.stringify(value)}`);
}

export function checkLayout({ config, fail }: LayerContext): void {
  if (config.data_format === "channels_first")
    fail("its channels come first, files have them last");
}

export const isSame = ({ config, fail }: LayerContext): boolean => {
  const { padding = "valid" } = config;
  if (padding !== "same" && padding !== "valid")
    fail(`padding "${padding}" is none of same, valid`);
  return padding === "same";
};
