import { expect, test } from "vitest";
import { familyOf } from "./model-family.ts";

test.each([
  ["resnet50", "resnet"],
  ["resnext101_32x8d", "resnext"],
  ["wide_resnet50_2", "wide_resnet"],
  ["vgg16_bn", "vgg"],
  ["efficientnet_b0", "efficientnet"],
  ["efficientnet_v2_s", "efficientnet_v2"],
  ["regnet_y_1_6gf", "regnet_y"],
  ["regnety_040", "regnety"],
  ["vit_b_16", "vit"],
  ["deit_tiny_distilled_patch16_224", "deit"],
  ["swin_v2_t", "swin_v2"],
  ["convnext_xlarge", "convnext"],
  ["shufflenet_v2_x1_0", "shufflenet_v2"],
  ["squeezenet1_1", "squeezenet"],
  ["mobilenet_v3_large", "mobilenet_v3"],
  ["mobilenetv2_140", "mobilenet_v2"],
  ["resnetv2_50", "resnet_v2"],
  ["inception_v3", "inception_v3"],
  ["alexnet", "alexnet"],
  ["lenet5-1998", "lenet"],
])("%s is of the family %s", (name, family) => {
  expect(familyOf(name)).toBe(family);
});
