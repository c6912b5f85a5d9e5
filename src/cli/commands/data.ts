/** `convkit data …`: what there is to know of data, and to do with it, before anything is trained. */
import type { Command } from "commander";
import { dataDownloadCommand } from "./data-download.ts";
import { dataInspectCommand } from "./data-inspect.ts";
import { dataPreviewCommand } from "./data-preview.ts";
import { dataSplitCommand } from "./data-split.ts";

export function dataCommand(program: Command): void {
  const command = program
    .command("data")
    .description(
      "Looks at data sets, splits them, shows what training makes of them, and fetches published ones.",
    );
  for (const add of [
    dataInspectCommand,
    dataSplitCommand,
    dataPreviewCommand,
    dataDownloadCommand,
  ]) {
    add(command);
  }
}
