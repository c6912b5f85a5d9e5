/**
 * Which of a network's classes stand for those of the data: `ants=ant,bees=bee`, several with `+`: `dogs=beagle+boxer`, by their
 * names or numbers. Of a name with several words for the same, as ImageNet's have ("ant, emmet, pismire"), one is enough.
 */
import { ConvkitError } from "../../core/error.ts";

/** A list of the network's class numbers for each of `classes`. Throws for names that neither side has. */
export function parseClassMap(
  text: string,
  classes: readonly string[],
  { outputs, labels }: { readonly outputs: number; readonly labels?: readonly string[] },
): number[][] {
  const parts = new Map(
    text.split(",").map((part): [string, string[]] => {
      const [name, list = ""] = part.split("=").map((word) => word.trim());
      if (!classes.includes(name)) {
        fail(`"${name}" is no class of the data, which has ${classes.join(", ")}`);
      }
      return [name, list.split("+").map((word) => word.trim())];
    }),
  );
  return classes.map((name) => {
    const words = parts.get(name) ?? fail(`nothing stands for ${name}`);
    return words.map((word) => numberOf(word, outputs, labels));
  });
}

function numberOf(word: string, outputs: number, labels: readonly string[] | undefined): number {
  const given = /^\d+$/.test(word) ? Number(word) : undefined;
  if (given !== undefined && given < outputs) return given;
  if (given !== undefined) fail(`class ${word} of ${outputs}, which are counted from 0`);
  if (!labels) fail(`the model does not name its classes, so "${word}" is none`);
  const wanted = word.toLowerCase();
  const found = [...labels.keys()].filter((i) =>
    labels[i].split(",").some((own) => own.trim().toLowerCase() === wanted),
  );
  if (found.length === 1) return found[0];
  return fail(
    found.length === 0
      ? `the model has no class "${word}"`
      : `"${word}" is the name of the classes ${found.join(" and ")} of the model`,
  );
}

function fail(fact: string): never {
  throw new ConvkitError(
    "map",
    `${fact} — write a class of the data, "=", and names or numbers of the model's: ants=ant,bees=309`,
  );
}
