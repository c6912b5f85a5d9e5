/** `convkit/layers-model`: Keras networks as TensorFlow.js saves them. */
export { importLayersModel, type LayersModelOptions } from "./import.ts";
