/** Activations: functions of single elements, and softmax over an axis. */
export {
  Activation,
  gelu,
  leakyRelu,
  logSoftmax,
  relu,
  Softplus,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from "./activation.ts";
