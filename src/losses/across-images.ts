/** The pixels of all images of a batch in one row. */

import type { Tensor } from "../graph/tensor.ts";
import { scatterAdd } from "../ops/gather.ts";
import { iota } from "../ops/iota.ts";

/**
 * N×C×P → C×(N·P), without a batch axis. Of a batch there are as many as it has room for; those of lanes without an
 * image are 0.
 */
export function acrossImages(x: Tensor): Tensor {
  const [n, channels, pixels] = x.shape;
  return unbatched(x)
    .transpose(1, 0, 2)
    .reshape(channels, n * pixels);
}

/** Sums over the images, each put where its number says: a batch axis cannot just be called another. */
function unbatched(x: Tensor): Tensor {
  if (!x.batched) return x;
  const { builder, shape } = x;
  const image = builder.apply(iota, [], { shape, axis: 0, batched: true });
  return builder.apply(scatterAdd, [x, image], { axis: 0, size: shape[0] });
}
