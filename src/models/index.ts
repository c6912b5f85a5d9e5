/** The model zoo: a frozen list of names; the code of an architecture is loaded when one of its models is made. */
import { ConvkitError } from "../core/error.ts";
import type { Shape } from "../core/shape.ts";
import type { Module } from "../nn/module.ts";
import { nearestName } from "../nn/nearest-name.ts";
import {
  type Architecture,
  type MadeModel,
  type ModelInfo,
  type ModelRequest,
  stemNote,
  type TimmState,
} from "./model.ts";

export {
  type InterpolatePositionsOptions,
  interpolatePositions,
  type PositionEmbeddings,
} from "./interpolate-positions.ts";
export * from "./load-weights.ts";
export type {
  Accuracy,
  Architecture,
  MadeModel,
  ModelInfo,
  ModelRequest,
  Pictures,
  Stem,
  TimmState,
} from "./model.ts";
export * from "./summary/summary.ts";

interface Entry<Names extends readonly string[]> {
  readonly names: Names;
  readonly load: () => Promise<Architecture>;
}

const entry = <const Names extends readonly string[]>(
  names: Names,
  load: () => Promise<Architecture>,
): Entry<Names> => ({ names, load });

/** One row a file, in the order of their years. */
export const architectures = /* @__PURE__ */ Object.freeze([
  /* @__PURE__ */ entry(["lecun1989"], () => import("./lecun1989.ts")),
  /* @__PURE__ */ entry(["lenet5_1998"], () => import("./lenet5-1998.ts")),
  /* @__PURE__ */ entry(["lenet5"], () => import("./lenet5.ts")),
  /* @__PURE__ */ entry(["alexnet_2012", "alexnet"], () => import("./alexnet.ts")),
  /* @__PURE__ */ entry(["zfnet"], () => import("./zfnet.ts")),
  /* @__PURE__ */ entry(["nin_cifar", "nin"], () => import("./nin.ts")),
  /* @__PURE__ */ entry(
    [
      "vgg11",
      "vgg11_bn",
      "vgg11_lrn",
      "vgg13",
      "vgg13_bn",
      "vgg16_c",
      "vgg16",
      "vgg16_bn",
      "vgg19",
      "vgg19_bn",
    ],
    () => import("./vgg.ts"),
  ),
  /* @__PURE__ */ entry(["googlenet", "googlenet_2014"], () => import("./googlenet.ts")),
  /* @__PURE__ */ entry(["convnetjs-cifar"], () => import("./convnetjs-cifar.ts")),
  /* @__PURE__ */ entry(["bn_inception"], () => import("./bn-inception.ts")),
  /* @__PURE__ */ entry(["unet", "unet_s", "unet_valid"], () => import("./unet.ts")),
  /* @__PURE__ */ entry(["inception_v2"], () => import("./inception-v2.ts")),
  /* @__PURE__ */ entry(["inception_v3"], () => import("./inception-v3.ts")),
  /* @__PURE__ */ entry(
    [
      "resnet18",
      "resnet34",
      "resnet50",
      "resnet101",
      "resnet152",
      "resnext50_32x4d",
      "resnext101_32x4d",
      "resnext101_32x8d",
      "resnext101_64x4d",
      "wide_resnet50_2",
      "wide_resnet101_2",
    ],
    () => import("./resnet.ts"),
  ),
  /* @__PURE__ */ entry(
    ["resnet20", "resnet32", "resnet44", "resnet56", "resnet110"],
    () => import("./resnet-cifar.ts"),
  ),
  /* @__PURE__ */ entry(["squeezenet1_0", "squeezenet1_1"], () => import("./squeezenet.ts")),
  /* @__PURE__ */ entry(
    [
      "preact_resnet110",
      "preact_resnet164",
      "preact_resnet1001",
      "resnetv2_50",
      "resnetv2_101",
      "resnetv2_152",
    ],
    () => import("./preact-resnet.ts"),
  ),
  /* @__PURE__ */ entry(
    [
      "wrn_40_1",
      "wrn_40_2",
      "wrn_40_4",
      "wrn_40_8",
      "wrn_28_10",
      "wrn_28_12",
      "wrn_22_8",
      "wrn_22_10",
      "wrn_16_4",
      "wrn_16_8",
      "wrn_16_10",
    ],
    () => import("./wide-resnet.ts"),
  ),
  /* @__PURE__ */ entry(
    ["densenet121", "densenet161", "densenet169", "densenet201", "densenet_bc100_12"],
    () => import("./densenet.ts"),
  ),
  /* @__PURE__ */ entry(["srresnet"], () => import("./srresnet.ts")),
  /* @__PURE__ */ entry(["zhang"], () => import("./zhang.ts")),
  /* @__PURE__ */ entry(
    ["mobilenetv1_025", "mobilenetv1_050", "mobilenetv1_075", "mobilenetv1_100"],
    () => import("./mobilenet-v1.ts"),
  ),
  /* @__PURE__ */ entry(
    ["mobilenetv2_035", "mobilenetv2_050", "mobilenetv2_075", "mobilenet_v2", "mobilenetv2_140"],
    () => import("./mobilenet-v2.ts"),
  ),
  /* @__PURE__ */ entry(
    ["shufflenet_v2_x0_5", "shufflenet_v2_x1_0", "shufflenet_v2_x1_5", "shufflenet_v2_x2_0"],
    () => import("./shufflenet-v2.ts"),
  ),
  /* @__PURE__ */ entry(
    ["mobilenet_v3_large", "mobilenet_v3_small"],
    () => import("./mobilenet-v3.ts"),
  ),
  /* @__PURE__ */ entry(
    [
      "efficientnet_b0",
      "efficientnet_b1",
      "efficientnet_b2",
      "efficientnet_b3",
      "efficientnet_b4",
      "efficientnet_b5",
      "efficientnet_b6",
      "efficientnet_b7",
      "efficientnet_v2_s",
      "efficientnet_v2_m",
      "efficientnet_v2_l",
    ],
    () => import("./efficientnet.ts"),
  ),
  /* @__PURE__ */ entry(
    [
      "regnet_y_400mf",
      "regnet_y_800mf",
      "regnet_y_1_6gf",
      "regnet_y_3_2gf",
      "regnet_y_8gf",
      "regnet_y_16gf",
      "regnet_y_32gf",
      "regnety_008",
      "regnety_040",
      "regnety_080",
      "regnet_x_400mf",
      "regnet_x_800mf",
      "regnet_x_1_6gf",
      "regnet_x_3_2gf",
      "regnet_x_8gf",
      "regnet_x_16gf",
      "regnet_x_32gf",
    ],
    () => import("./regnet.ts"),
  ),
  /* @__PURE__ */ entry(
    [
      "vit_b_16",
      "vit_b_32",
      "vit_l_16",
      "vit_l_32",
      "vit_tiny_patch16_224",
      "vit_small_patch16_224",
      "vit_small_patch32_224",
      "deit_tiny_patch16_224",
      "deit_small_patch16_224",
      "deit_base_patch16_224",
      "deit_tiny_distilled_patch16_224",
      "deit_small_distilled_patch16_224",
      "deit_base_distilled_patch16_224",
    ],
    () => import("./vision-transformer.ts"),
  ),
  /* @__PURE__ */ entry(["swin_t", "swin_s", "swin_b"], () => import("./swin.ts")),
  /* @__PURE__ */ entry(["swin_v2_t", "swin_v2_s", "swin_v2_b"], () => import("./swin-v2.ts")),
  /* @__PURE__ */ entry(
    ["convnext_tiny", "convnext_small", "convnext_base", "convnext_large", "convnext_xlarge"],
    () => import("./convnext.ts"),
  ),
  /* @__PURE__ */ entry(
    ["airbench_xs", "airbench_s", "airbench_m", "airbench_l"],
    () => import("./airbench.ts"),
  ),
  /* @__PURE__ */ entry(["cifarnet"], () => import("./cifarnet.ts")),
]);

export type ModelName = (typeof architectures)[number]["names"][number];

/** Every name that `createModel` knows, in the order of the years of the architectures. */
export const modelNames: readonly ModelName[] = /* @__PURE__ */ Object.freeze(
  /* @__PURE__ */ architectures.flatMap(({ names }): readonly ModelName[] => names),
);

/** What is known of every model, in the order of the list. */
export async function listModels(): Promise<ModelInfo[]> {
  const files = await Promise.all(architectures.map(({ load }) => load()));
  return files.flatMap(({ infos }) => infos);
}

export interface CreatedModel extends MadeModel {
  readonly net: Module;
  readonly info: ModelInfo;
  readonly inputShape: Shape;
  readonly classes: number;
  /** For files with timm's names: see `loadWeights`. */
  readonly timm: TimmState;
}

/** Makes a model, by default as published; `notes` says how it was adapted to what was asked for. */
export async function createModel(
  name: string,
  request: Partial<Omit<ModelRequest, "name">> = {},
): Promise<CreatedModel> {
  const { make, infos, timmKey, timmShape } = await loadArchitecture(name);
  const info = infos.find((candidate) => candidate.name === name) as ModelInfo;
  const { inputShape = info.inputShape, classes = info.classes } = request;
  const made = make({ ...request, name, inputShape, classes });
  const timm: TimmState = (key, shape) => ({
    name: timmKey?.(name, key) ?? key,
    shape: timmShape?.(name, key, shape) ?? shape,
  });
  // Those made for small pictures have such layers anyway.
  const hasNone =
    request.stem === "cifar" && info.inputShape[1] > 48 && !made.notes.includes(stemNote(name));
  const notes = hasNone
    ? [
        ...made.notes,
        `${name}: has no first layers for 32×32 pictures, stem "cifar" changes nothing`,
      ]
    : made.notes;
  return { ...made, notes, info, inputShape, classes, timm };
}

/** The file that makes the model of this name. */
export async function loadArchitecture(name: string): Promise<Architecture> {
  const found = architectures.find(({ names }) => (names as readonly string[]).includes(name));
  if (found) return found.load();
  const near = nearestName(name, modelNames);
  throw new ConvkitError(
    "models",
    `there is no model "${name}" — ${near ? `did you mean "${near}"?` : "convkit models lists them"}`,
  );
}
