/** What every adversarial loss consists of: what the discriminator lowers, and what the generator lowers. */
import { ConvkitError } from "../../core/error.ts";
import { formatShape, sameShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";

/** Logits (a critic's scores) of any shape, one image or patch each; both losses are scalars. */
export interface GanLoss {
  /** Of the logits of real images and of generated ones, as many of one as of the other. */
  discriminator(real: Tensor, fake: Tensor): Tensor;
  /** Of the logits of generated images. */
  generator(fake: Tensor): Tensor;
}

export function checkPair(where: string, real: Tensor, fake: Tensor): void {
  if (sameShape(real.shape, fake.shape)) return;
  throw new ConvkitError(
    where,
    `logits of real images ${formatShape(real.shape)} and of generated ones ` +
      `${formatShape(fake.shape)} differ — call the discriminator on batches of one shape`,
  );
}
