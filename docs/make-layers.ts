/** `npm run docs`: writes docs/layers.md anew from the catalogues. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { layersPage } from "./layers-page.ts";

const root = join(import.meta.dirname, "..");
writeFileSync(join(root, "docs/layers.md"), await layersPage(root));
