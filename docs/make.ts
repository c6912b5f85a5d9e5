/** `npm run docs`: writes the pages that are made from catalogues anew; `npm run docs -- pictures` their pictures as well. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { augmentationPage } from "./augmentation-page.ts";
import { layersPage } from "./layers-page.ts";

const root = join(import.meta.dirname, "..");
writeFileSync(join(root, "docs/layers.md"), await layersPage(root));
writeFileSync(join(root, "docs/augmentation.md"), await augmentationPage(root));
if (process.argv.includes("pictures")) {
  const { augmentationPicture } = await import("./augmentation-picture.ts");
  writeFileSync(join(root, "docs/augmentation.svg"), await augmentationPicture());
}
