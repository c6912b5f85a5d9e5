/** Data by its name, without files: the built-in glyphs. Loaded when a name is given, as the glyphs are drawn by code. */
import { ConvkitError } from "../core/error.ts";
import { type DatasetPair, glyphs, parseSource } from "../data/index.ts";

/** The data of `glyphs` or `glyphs:train=1000,…`; throws for names of files. */
export function namedData(name: string): DatasetPair {
  const source = parseSource(name);
  if (source.kind === "glyphs") return glyphs(source.options);
  throw new ConvkitError(
    "train",
    `"${name}" lies in files, which this train() does not read — take train from "convkit/node", or ` +
      "pass a data set in memory",
  );
}
