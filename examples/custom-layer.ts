/**
 * Layers written outside the package: squeeze and excitation (Hu et al. 2017, arXiv:1709.01507) as a class, and a
 * scaled residual (Touvron et al. 2021, arXiv:2103.17239, equation 5) as a function. They are traced,
 * differentiated, compiled, summarised and saved like convkit's own.
 */
import { glyphs, nn, summary, type Tensor, train } from "convkit";

/** y = x · σ(W₂·relu(W₁·mean(x))): each channel is weighed by what all channels say. */
class SqueezeExcite extends nn.Module {
  reduce;
  relu = nn.relu();
  expand;
  gate = nn.sigmoid();

  constructor(channels: number, reduction = 4) {
    super();
    this.reduce = nn.linear(channels / reduction);
    this.expand = nn.linear(channels);
  }

  forward(x: Tensor, mode: nn.Mode): Tensor {
    const squeezed = this.relu.call(this.reduce.call(x.mean([2, 3]), mode), mode);
    const gate = this.gate.call(this.expand.call(squeezed, mode), mode);
    return x.mul(gate.reshape(gate.shape[0], -1, 1, 1));
  }
}

/** y = x + γ·f(x), γ starting near 0. */
const scaledResidual = (make: () => nn.Module) =>
  nn.module("ScaledResidual", (x, m) => {
    const gamma = m.param("gamma", [x.shape[1], 1, 1], nn.init.constant(0.1));
    return x.add(gamma.mul(m.child("body", make).call(x, m.mode)));
  });

const net = nn.sequential(
  ...[nn.conv2d(16, { kernel: 3, stride: 2, padding: 1 }), nn.relu()],
  scaledResidual(() => nn.conv2d(16, { kernel: 3, padding: 1 })),
  new SqueezeExcite(16),
  ...[nn.maxPool2d(2), nn.flatten(), nn.linear(10)],
);

const run = await train(net, { data: glyphs({ train: 6000, test: 1000 }), epochs: 5 });
for (const { name, kind, parameters } of summary(net, [1, 28, 28]).layers) {
  console.log(`${name.padEnd(10)} ${kind.padEnd(16)} ${parameters}`);
}
console.log(`right on ${(100 * run.accuracy).toFixed(1)} %`);
