/** The outputs of named layers of a network, which perceptual and style losses compare. */
import { ConvkitError } from "../core/error.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Mode, Module } from "../nn/module.ts";

/** A weight for each layer, by its path in the network: `{ "features.8": 1 }`. */
export type LayerWeights = Readonly<Record<string, number>>;

/** Calls the network on `x` and gives the outputs of the layers; of one that is called twice, the last. */
function captureLayers(
  where: string,
  net: Module,
  x: Tensor,
  mode: Mode,
  names: readonly string[],
): Tensor[] {
  const { calls } = x.builder;
  const start = calls.length;
  net.call(x, mode);
  // Paths are those below the outermost module, which need not be this network.
  const [{ path: root }, ...inner] = calls.slice(start);
  const below = root === "" ? "" : `${root}.`;
  const outputs = new Map(
    inner.map(({ path, output }) => [path.slice(below.length), output as Tensor]),
  );
  return names.map((name) => {
    const output = outputs.get(name);
    if (output) return output;
    throw new ConvkitError(
      where,
      `the network calls no layer "${name}" — it has ${[...outputs.keys()].join(", ")}`,
    );
  });
}

/** Σ w·f(features of x, features of y) over the layers. */
export function compareLayers(
  where: string,
  net: Module,
  layers: LayerWeights,
  [x, y]: readonly [Tensor, Tensor],
  mode: Mode,
  compare: (x: Tensor, y: Tensor) => Tensor,
): Tensor {
  const names = Object.keys(layers);
  if (names.length === 0) {
    throw new ConvkitError(where, "has no layers to compare — name one, with its weight");
  }
  const [ofX, ofY] = [x, y].map((images) => captureLayers(where, net, images, mode, names));
  return names
    .map((name, i) => compare(ofX[i], ofY[i]).mul(layers[name]))
    .reduce((sum, term) => sum.add(term));
}
