/**
 * A generative adversarial network (Goodfellow et al. 2014, arXiv:1406.2661) in one dimension: a generator learns to
 * turn noise into numbers that look drawn from a normal distribution around 4. One step is one graph: the
 * discriminator is updated by its optimiser, and the generator's loss already sees it updated.
 */
import { adam, compile, defaultDevice, losses, nn, Random, tensor } from "convkit";

const batch = 128;
const mode: nn.Mode = { training: true };
const generator = nn.sequential(nn.linear(16), nn.relu(), nn.linear(1));
const discriminator = nn.sequential(nn.linear(16), nn.leakyRelu(0.2), nn.linear(1));
nn.initialize(generator, [4], { seed: 1 });
nn.initialize(discriminator, [1], { seed: 2 });

const optimizers = {
  discriminator: adam({ lr: 5e-3, betas: [0.5, 0.999] }),
  generator: adam({ lr: 2e-3, betas: [0.5, 0.999] }),
};

const device = await defaultDevice();
const step = compile(
  (real, noise) => {
    const fake = generator.call(noise, mode);
    const [scores, fakeScores] = [real, fake].map((x) => discriminator.call(x, mode));
    const lossD = losses.gan.nonSaturating.discriminator(scores, fakeScores);
    optimizers.discriminator.step(lossD, nn.parameters(discriminator));
    const lossG = losses.gan.nonSaturating.generator(discriminator.call(fake, mode));
    optimizers.generator.step(lossG, nn.parameters(generator));
    return { lossD, lossG, mean: fake.mean() };
  },
  { device, capacity: batch },
);

const random = new Random(0);
const normal = (n: number, mean: number, deviation: number) =>
  Float32Array.from({ length: n }, () => mean + deviation * random.normal());
let last = 0;
for (let i = 1; i <= 1500; i++) {
  const noise = tensor(normal(4 * batch, 0, 1), [batch, 4]);
  const { lossD, lossG, mean } = await step(tensor(normal(batch, 4, 0.5), [batch, 1]), noise);
  [last] = mean.data;
  if (i % 500 === 0) {
    const [d, g] = [lossD, lossG].map(({ data }) => data[0].toFixed(3));
    console.log(`step ${i}: loss of D ${d}, of G ${g}, mean of the fakes ${last.toFixed(2)}`);
  }
}
console.log(`the fakes lie around ${last.toFixed(1)}, the real numbers around 4.0`);
