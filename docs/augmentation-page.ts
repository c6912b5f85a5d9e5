/** The text of docs/augmentation.md, made from what the transforms say of themselves. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { batchTransformNames } from "../src/augment/batch/make-batch-transforms.ts";
import { type TransformSection, transformSections, transformSpecs } from "../src/augment/specs.ts";
import type { TransformSpec } from "../src/augment/transform.ts";

export async function augmentationPage(root: string): Promise<string> {
  const files = await filesOf(root);
  const contents = transformSections.map(
    ({ title, specs }) => `- [${title}](#${anchorOf(title)}) (${specs.length})`,
  );
  const sections = transformSections.map((section) => sectionText(section, files));
  const inProgram = batchTransformNames.map((name) => `\`${name}\``).join(", ");
  return `# Augmentation

${transformSpecs.length} transforms. By name they stand in a line of text, for \`convkit train --augment\` and \`parseTransforms\`:

\`\`\`
randomResizedCrop:size=224,scale=0.08,1+randomHorizontalFlip+colorJitter:brightness=0.4,hue=0.1
randomApply(gaussianBlur:kernelSize=5+randomGrayscale):p=0.3+randomChoice(autoAugment+randAugment):p=2,1
\`\`\`

or as data, \`[{ name: "randomApply", p: 0.3, transforms: [{ name: "grayscale" }] }]\`, which is what a run keeps, or as functions:

\`\`\`ts
import { Random } from "convkit";
import { colorJitter, compose, randomCrop, transformed } from "convkit/augment";

const augment = compose([randomCrop({ size: 32, padding: 4 }), colorJitter({ brightness: 0.4 })]);
const image = { height: 32, width: 32, channels: 3, data: new Uint8Array(32 * 32 * 3) } as const;
const { image: changed } = transformed(augment, { image, boxes: [{ x1: 4, y1: 4, x2: 20, y2: 12 }] }, new Random(0).key);
console.log(changed.data.length);
\`\`\`

A transform first draws its parameters from a key, then applies them: \`draw(key, scene)\` gives plain data, \`apply(sample, parameters)\` is a
pure function that changes nothing it is given. In training the key is a function of seed, epoch and picture, so neither the number of
workers nor resuming changes what a picture looks like.

A sample is a picture of bytes, 1 or 3 channels, and what lies on it: a mask of classes, boxes, key points. What moves the picture moves
them all. Masks take the nearest class and are never mixed. A box becomes the smallest upright one around its moved corners, cut off
at the edge; it goes when nothing is left of it. Key points move exactly, and keep their place in the list even outside of the picture.

Options have torchvision's or Albumentations' names in camelCase, and their defaults. Two numbers for two axes are [rows, columns], here as
everywhere in convkit, and four sides [top, bottom, left, right]: \`padding\`, \`translate\`, \`center\` and \`kernelSize\` have their
numbers in the other order than torchvision. What stands outside a moved picture is \`fill\`, a level or one for each channel, and the class
\`fillMask\` in the mask. With \`--augment\` a transform that has a \`size\` and is given none takes the network's.

The last column says what bytes are compared with in tests. Where it is torchvision or Pillow every byte is equal, but for what is
summed or solved in single precision there: Gaussian blur, elastic transforms and perspective differ in fewer than one byte of two thousand, by 1; perspective
by more where a pixel at a sharp edge comes from its neighbour.

\`fiveCrop\` and \`tenCrop\` give several views of a picture, for testing. \`mixBatch\` is mixup and CutMix, on batches; \`mosaic\` puts four
pictures together. ${inProgram} can run inside the compiled program, too: \`--augment-batch\`.

![Every transform on one picture](augmentation.svg)

${contents.join("\n")}
${sections.join("")}
This page is made by \`npm run docs\`, the picture by \`npm run docs -- pictures\`.
`;
}

const anchorOf = (title: string): string => title.toLowerCase().replaceAll(/[ ,]+/g, "-");

function sectionText(
  { title, specs }: TransformSection,
  files: ReadonlyMap<TransformSpec, string>,
): string {
  const rows = specs.map((spec) => {
    const { name, summary, options, source, oracle } = spec;
    const cells = [`[\`${name}\`](../${files.get(spec)})`, summary, options || "—", source, oracle];
    return `| ${cells.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return `
## ${title}

| name | what it does | options and defaults | source | compared with |
|---|---|---|---|---|
${rows.join("\n")}
`;
}

/** The file that exports each entry. */
async function filesOf(root: string): Promise<Map<TransformSpec, string>> {
  const found = new Map<TransformSpec, string>();
  for (const file of readdirSync(join(root, "src/augment"))) {
    if (!/(?<!\.test)\.ts$/.test(file)) continue;
    const path = join(root, "src/augment", file);
    if (!/^export const \w+Spec\b/m.test(readFileSync(path, "utf8"))) continue;
    const exported: Record<string, TransformSpec> = await import(/* @vite-ignore */ path);
    for (const value of Object.values(exported)) found.set(value, `src/augment/${file}`);
  }
  return found;
}
