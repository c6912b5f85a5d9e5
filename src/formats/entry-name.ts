/** Names in archives: paths inside the archive, whoever wrote them. */
import { ConvkitError } from "../core/error.ts";

/** A file's name with slashes and without `./` in front. Throws for names that lead out of the folder they are unpacked in. */
export function entryName(name: string, archive: string): string {
  const parts = name.replaceAll("\\", "/").split("/");
  if (parts[0] === "" || /^[a-z]:$/i.test(parts[0]) || parts.includes("..")) {
    throw new ConvkitError(
      "archive",
      `${archive}: its entry ${JSON.stringify(name)} leads out of the archive — do not trust it; pack the pictures anew`,
    );
  }
  return parts.filter((part) => part !== "." && part !== "").join("/");
}
