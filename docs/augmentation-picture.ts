/** docs/augmentation.svg: every transform once, on a picture that is drawn here, with a box around the house. */
import { makeTransform, parseTransforms } from "../src/augment/settings.ts";
import { transformSpecs } from "../src/augment/specs.ts";
import type { TransformName } from "../src/augment/table.ts";
import { type Box, type Sample, transformed } from "../src/augment/transform.ts";
import { Random } from "../src/core/random.ts";
import { encodeImage } from "../src/image/encode-node.ts";
import type { Image } from "../src/image/image.ts";

const [height, width] = [60, 80];
const [columns, tile, caption] = [6, { width: 112, height: 84 }, 16];

/** What shows a transform well; the others stand with their defaults, but p = 1. */
// biome-ignore format: one transform a line
const shown: Partial<Record<TransformName, string>> = {
  adjustBrightness: "adjustBrightness:brightnessFactor=1.6",
  adjustContrast: "adjustContrast:contrastFactor=2",
  adjustGamma: "adjustGamma:gamma=2",
  adjustHue: "adjustHue:hueFactor=0.3",
  adjustSaturation: "adjustSaturation:saturationFactor=2.5",
  adjustSharpness: "adjustSharpness:sharpnessFactor=6",
  centerCrop: "centerCrop:size=40,50",
  colorJitter: "colorJitter:brightness=0.5,contrast=0.5,saturation=1,hue=0.2",
  compose: "compose(randomInvert:p=1+randomVerticalFlip:p=1)",
  cutout: "cutout:length=24",
  elasticTransform: "elasticTransform:alpha=120,sigma=4",
  gaussianBlur: "gaussianBlur:kernelSize=9,sigma=2.5",
  imageCompression: "imageCompression:qualityRange=5,8,p=1",
  pad: "pad:padding=14,paddingMode=reflect",
  randomAdjustSharpness: "randomAdjustSharpness:sharpnessFactor=0,p=1",
  randomAffine: "randomAffine:degrees=20,translate=0.1,0.1,shear=20,interpolation=bilinear",
  randomApply: "randomApply(colorJitter:hue=0.5+randomHorizontalFlip:p=1):p=1",
  randomChoice: "randomChoice(randomEqualize:p=1+randomInvert:p=1)",
  randomCrop: "randomCrop:size=60,80,padding=16,fill=90",
  randomErasing: "randomErasing:p=1,value=random",
  randomIoUCrop: "randomIoUCrop:samplerOptions=0.3",
  randomOrder: "randomOrder(randomRotation:degrees=30+randomCrop:size=40,60)",
  randomPhotometricDistort: "randomPhotometricDistort:p=1",
  randomPosterize: "randomPosterize:bits=2,p=1",
  randomResize: "randomResize:minSize=30,maxSize=50",
  randomResizedCrop: "randomResizedCrop:size=60,80,scale=0.2,0.6",
  randomRotation: "randomRotation:degrees=40,interpolation=bilinear",
  randomShortestSize: "randomShortestSize:minSize=36",
  randomSolarize: "randomSolarize:threshold=128,p=1",
  resize: "resize:size=60,40",
  scaleJitter: "scaleJitter:targetSize=60,80,scaleRange=0.4,0.8",
};

/** Sky, sun, hills, a house and a tree. */
function drawing(): Sample {
  const random = new Random(3);
  const data = new Uint8Array(height * width * 3);
  const box: Box = { x1: 26, y1: 22, x2: 50, y2: 48 };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const hill = 40 + 6 * Math.sin(x / 9) + 3 * Math.sin(x / 4 + 2);
      let colour = [120 + 1.6 * y, 170 + y, 235];
      if (Math.hypot(x - 66, y - 12) < 7) colour = [255, 225, 90];
      if (y > hill) colour = [70 + y / 2, 130 + x / 3, 60];
      if (x >= 28 && x < 48 && y >= 32 && y < 48) colour = [205, 110, 80];
      if (y >= 22 && y < 32 && Math.abs(x - 37.5) < (y - 21) * 1.15) colour = [120, 50, 50];
      if (x >= 31 && x < 36 && y >= 36 && y < 41) colour = [250, 250, 190];
      if (x >= 40 && x < 45 && y >= 37 && y < 48) colour = [70, 45, 40];
      if (x >= 13 && x < 16 && y >= 36 && y < 52) colour = [90, 60, 30];
      if (Math.hypot(x - 14, y - 31) < 8) colour = [30, 95, 45];
      for (let c = 0; c < 3; c++) {
        const value = colour[c] + 6 * (random.uniform() - 0.5);
        data[(y * width + x) * 3 + c] = Math.min(255, Math.max(0, value));
      }
    }
  }
  return { image: { height, width, channels: 3, data }, boxes: [box] };
}

/** One tile each, in the order of the page, the picture itself first. */
export async function augmentationPicture(): Promise<string> {
  const sample = drawing();
  const tiles = [{ name: "the picture", made: sample }];
  for (const [i, { name, options }] of transformSpecs.entries()) {
    const plain = /(^|; )p [\d.]/.test(options) ? `${name}:p=1` : name;
    const transform = await makeTransform(parseTransforms(shown[name as TransformName] ?? plain));
    tiles.push({ name, made: transformed(transform, sample, new Random(i + 8).key) });
  }
  const drawn = await Promise.all(tiles.map(({ name, made }, i) => tileText(name, made, i)));
  const rows = Math.ceil(tiles.length / columns);
  const size = [columns * (tile.width + 8) + 8, rows * (tile.height + caption + 6) + 8];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.join(" ")}" font-family="sans-serif" font-size="8" text-anchor="middle">
<title>What each transform makes of a picture</title>
<rect width="100%" height="100%" fill="#fff"/>
${drawn.join("\n")}
</svg>
`;
}

async function tileText(name: string, { image, boxes = [] }: Sample, i: number): Promise<string> {
  const left = 8 + (i % columns) * (tile.width + 8);
  const top = 8 + Math.floor(i / columns) * (tile.height + caption + 6);
  const scale = Math.min(1.4, tile.width / image.width, tile.height / image.height);
  const [x, y] = [
    left + (tile.width - scale * image.width) / 2,
    top + (tile.height - scale * image.height) / 2,
  ];
  const frames = boxes.map(
    ({ x1, y1, x2, y2 }) =>
      `<rect x="${round(x + scale * x1)}" y="${round(y + scale * y1)}" width="${round(scale * (x2 - x1))}" height="${round(scale * (y2 - y1))}" fill="none" stroke="#fff" stroke-width="1.2"/>`,
  );
  const place = `x="${round(x)}" y="${round(y)}" width="${round(scale * image.width)}" height="${round(scale * image.height)}"`;
  return `<image ${place} href="data:image/webp;base64,${await base64(image)}"/>${frames.join("")}
<text x="${left + tile.width / 2}" y="${top + tile.height + 11}">${name}</text>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

const base64 = async (image: Image): Promise<string> =>
  Buffer.from(await encodeImage(image, "webp")).toString("base64");
