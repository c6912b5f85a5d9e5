/** A model that has learnt something, and data in the size and channels of its pictures. */
import { ConvkitError } from "../core/error.ts";
import { type DatasetPair, parseSource } from "../data/index.ts";
import {
  type ModelFlags,
  type OpenedModel,
  openModel,
  type PictureFlags,
  remarksOn,
} from "./model-argument.ts";
import { type DataFlags, openNamedData } from "./open-data.ts";
import type { Output } from "./output.ts";
import { asUsage } from "./usage.ts";

export interface ModelAndData {
  readonly model: OpenedModel;
  readonly data: DatasetPair;
}

/** Its last softmax is left out. `seed` divides a folder without a test part. */
export async function openModelAndData(
  name: string,
  data: string,
  flags: ModelFlags & PictureFlags & DataFlags & { readonly seed: number },
  output: Output,
): Promise<ModelAndData> {
  await asUsage(() => parseSource(data));
  const model = await openModel(name, flags, { logits: true });
  for (const note of remarksOn(model)) output.remark(`Note: ${note}`);
  const [channels, height, width] = model.inputShape;
  const { cropPct, representation } = model.preprocessing ?? {};
  const isOfPictures = channels === 1 || channels === 3 || representation !== undefined;
  if (model.inputs.length > 1 || !isOfPictures) {
    throw new ConvkitError(
      "model",
      `${name} takes ${model.inputs.map(({ name, shape }) => `${name} ${shape.join("×")}`).join(", ")} — one input of pictures is needed`,
    );
  }
  const { seed, skipBroken } = flags;
  const how = { seed, size: [height, width], channels, representation, cropPct } as const;
  const pair = await openNamedData(data, { ...how, skipBroken }, output);
  return { model, data: pair };
}
