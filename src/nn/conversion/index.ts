/** Networks in other forms that compute the same: `nn.foldBatchNorm(net, [3, 224, 224])`. */
export { foldBatchNorm } from "./fold-batch-norm.ts";
export { fullyConvolutional } from "./fully-convolutional.ts";
export { GraphModule, graphModule } from "./graph-module.ts";
export { convToLinear, linearToConv } from "./linear-to-conv.ts";
