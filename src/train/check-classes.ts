/** Whether a model and a data set speak of the same classes. */
import { ConvkitError } from "../core/error.ts";

/** Classes that nobody named are numbers, which go with any names of as many. */
export function checkClasses(
  known: readonly string[],
  { name, classes }: { readonly name: string; readonly classes: readonly string[] },
): void {
  const areNumbers = known.every((label, i) => label === `class ${i}`);
  if (areNumbers && known.length === classes.length) return;
  const [own, theirs] = [known.join(", "), classes.join(", ")];
  if (own === theirs) return;
  throw new ConvkitError(
    "evaluate",
    `the model knows the classes ${shorten(own)}, ${name} has ${shorten(theirs)} — ` +
      "evaluate on data of the same classes",
  );
}

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
