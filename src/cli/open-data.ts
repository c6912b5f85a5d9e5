/** Opens the data that a command names, with a bar while pictures are read, and says what was found odd. */
import type { Command } from "commander";
import { type DatasetPair, parseSource, represented } from "../data/index.ts";
import { openData } from "../data/open-node.ts";
import type { PictureOptions } from "../data/picture-parts-node.ts";
import { type Preprocessing, sourceChannels } from "../image/preprocessing.ts";
import type { Output } from "./output.ts";
import { asUsage } from "./usage.ts";

export interface DataFlags {
  readonly skipBroken?: boolean;
}

export const addDataFlags = (command: Command): Command =>
  command.option("--skip-broken", "leave broken image files out, and say which");

/** What can stand for DATA, for the help of commands. */
export const dataWords =
  "DATA is glyphs (built in); a folder with one sub-folder of pictures for each class, with pictures and a labels.csv, or with images/ and masks/ to segment; a table " +
  "(photos.csv); an archive (photos.zip, train-{0000..0003}.tar, pictures.npz); parquet:DIR as Hugging Face has it; or " +
  "published files: mnist:DIR, fashion-mnist:DIR, kmnist:DIR, emnist-letters:DIR (or byclass, bymerge, balanced, digits, mnist), " +
  "cifar10:DIR, cifar100:DIR, cifar100-coarse:DIR, svhn:DIR.";

export interface NamedDataOptions
  extends Omit<PictureOptions, "channels">,
    Partial<Pick<Preprocessing, "channels" | "representation">> {}

/** A name that is no data set is wrong usage. With a representation the pictures are shown so; `channels` are then its own. */
export async function openNamedData(
  source: string,
  { channels: shown, representation, ...options }: NamedDataOptions,
  output: Output,
): Promise<DatasetPair> {
  await asUsage(() => parseSource(source));
  const loading = output.bar("reading pictures {bar} {value}/{total}");
  const onProgress = (done: number, total: number): void => loading.update(done, total);
  const channels = shown && sourceChannels({ channels: shown, representation });
  const pair = await openData(source, {
    ...options,
    ...((channels === 1 || channels === 3) && { channels }),
    onProgress,
  }).finally(() => loading.stop());
  for (const note of pair.notes ?? []) output.remark(`Note: ${note}`);
  if (!representation) return pair;
  const { train, test, validation } = pair;
  return {
    ...pair,
    train: represented(train, representation),
    test: represented(test, representation),
    ...(validation && { validation: represented(validation, representation) }),
  };
}
