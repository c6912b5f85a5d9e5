/** Attention layers against each other, normalised queries and keys, and what each layer of the folder refuses. */
import { describe, expect, test } from "vitest";
import { array, ReferenceStore, relativeError, wave } from "../../../test/reference-store.ts";
import { grad } from "../../autodiff/grad.ts";
import { Builder } from "../../graph/builder.ts";
import { allOps } from "../../ops/library.ts";
import * as nn from "../index.ts";

const mode = { training: false };

function trace(net: nn.Module, shape: readonly number[]) {
  const builder = new Builder(allOps, shape[0]);
  const x = builder.input("x", { shape, dtype: "f32", batched: true });
  return { builder, x, y: net.call(x, mode) };
}

test("timm's attention and PyTorch's agree on the same weights", () => {
  const [a, b] = [nn.attention(6, { numHeads: 3, qkvBias: true }), nn.multiheadAttention(6, 3)];
  const nets = [a, b as unknown as nn.Module].map((net) => ({ net, ...trace(net, [2, 4, 6]) }));
  const names = {
    "qkv.weight": "in_proj_weight",
    "qkv.bias": "in_proj_bias",
    "proj.weight": "out_proj.weight",
    "proj.bias": "out_proj.bias",
  };
  const values = [...nn.stateDict(a)].map(
    ([name, value]) => [names[name as keyof typeof names], value] as const,
  );
  nn.loadStateDict(b, new Map(values));
  const [first, second] = nets.map(
    ({ builder, y }) => new ReferenceStore().run(builder, [y], [wave([2, 4, 6])], 2)[0],
  );
  expect(relativeError(first, second)).toBeLessThan(1e-12);
});

describe("normalised queries and keys", () => {
  // Not a sample: a bias of all keys changes no weight, so its gradient is rounding alone.
  const net = nn.attention(4, { numHeads: 2, qkNorm: true });
  const { builder, x, y } = trace(net, [2, 3, 4]);
  const states = new Map(nn.namedStates(net));
  const store = new ReferenceStore();
  for (const [i, [, { parameter }]] of [...states].entries()) {
    store.set(parameter, wave(parameter.shape, i).data);
  }
  const of = (name: string) => store.get((states.get(name) as nn.OwnState).parameter);
  const given = wave([2, 3, 4], 20);

  test("have timm's names", () => {
    expect([...states.keys()]).toEqual([
      "qkv.weight",
      "q_norm.weight",
      "q_norm.bias",
      "k_norm.weight",
      "k_norm.bias",
      "proj.weight",
      "proj.bias",
    ]);
  });

  test("are those of each head", () => {
    const [found] = store.run(builder, [y], [given], 2);
    const expected: number[] = [];
    for (const image of [0, 1]) {
      const row = (t: number) => given.data.subarray((image * 3 + t) * 4, (image * 3 + t + 1) * 4);
      const project = (part: number, h: number, t: number) =>
        [0, 1].map((e) =>
          row(t).reduce((s, v, i) => s + v * of("qkv.weight")[(part * 4 + h * 2 + e) * 4 + i], 0),
        );
      const norm = (v: number[], name: string) => {
        const mean = (v[0] + v[1]) / 2;
        const variance = ((v[0] - mean) ** 2 + (v[1] - mean) ** 2) / 2;
        return v.map(
          (value, e) =>
            ((value - mean) / Math.sqrt(variance + 1e-5)) * of(`${name}.weight`)[e] +
            of(`${name}.bias`)[e],
        );
      };
      for (const t of [0, 1, 2]) {
        const joined = [0, 1].flatMap((h) => {
          const q = norm(project(0, h, t), "q_norm");
          const powers = [0, 1, 2].map((s) => {
            const k = norm(project(1, h, s), "k_norm");
            return Math.exp((q[0] * k[0] + q[1] * k[1]) / Math.SQRT2);
          });
          const total = powers.reduce((a, b) => a + b);
          return [0, 1].map((e) =>
            powers.reduce((sum, p, s) => sum + (p / total) * project(2, h, s)[e], 0),
          );
        });
        for (const o of [0, 1, 2, 3]) {
          const sum = joined.reduce((s, v, i) => s + v * of("proj.weight")[o * 4 + i], 0);
          expected.push(sum + of("proj.bias")[o]);
        }
      }
    }
    expect(relativeError(found, expected)).toBeLessThan(1e-12);
  });

  test("pass gradients on to the tokens", () => {
    const loss = y.square().sum();
    const [dx] = store.run(builder, [grad(loss, [x])[0]], [given], 2);
    const at = (h: number) => {
      const moved = array(
        given.shape,
        given.data.map((v, i) => v + h * Math.cos(i)),
      );
      return store.run(builder, [loss], [moved], 2)[0][0];
    };
    const slope = dx.reduce((sum, d, i) => sum + d * Math.cos(i), 0);
    expect(slope).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 6);
  });
});

// biome-ignore format: one case a line
const refusals: [string, () => nn.Module, number[], string][] = [
  ["attention: width", () => nn.attention(6, { numHeads: 2 }), [2, 3, 4], "[attention] takes tokens N×T×6, got 2×3×4"],
  ["attention: rank", () => nn.attention(6, { numHeads: 2 }), [2, 6], "[attention] takes tokens N×T×6, got 2×6"],
  ["attention: heads", () => nn.attention(6, { numHeads: 4 }), [2, 3, 6], "[attention] 6 channels in 4 heads"],
  ["attention: no heads", () => nn.attention(6, { numHeads: 0 }), [2, 3, 6], "[attention] 6 channels in 0 heads"],
  ["multiheadAttention: width", () => nn.multiheadAttention(6, 2) as unknown as nn.Module, [2, 3, 4], "needs N×L×6, N×S×6 and N×S×6"],
  ["multiheadAttention: heads", () => nn.multiheadAttention(6, 5) as unknown as nn.Module, [2, 3, 6], "[multiheadAttention] 6 channels in 5 heads"],
  ["mlp: width", () => nn.mlp(5), [2, 3, 4], "[mlp] takes N×…×5, got 2×3×4"],
  ["patchEmbed: part of a patch", () => nn.patchEmbed(4, { patchSize: 4 }), [2, 3, 8, 6], "of whole patches of 4×4, got 2×3×8×6"],
  ["classToken: rank", () => nn.classToken(), [2, 3], "[prependTokens] tokens are 1×1×3, x 2×3"],
  ["positionEmbedding: rank", () => nn.positionEmbedding(), [2], "[positionEmbedding] takes tokens"],
  ["sinusoidalPositionEmbedding: odd", () => nn.sinusoidalPositionEmbedding(), [2, 3, 5], "an even number of channels, got 2×3×5"],
  ["sincosPositionEmbedding: channels", () => nn.sincosPositionEmbedding(2), [2, 4, 6], "D a multiple of 4"],
  ["sincosPositionEmbedding: tokens", () => nn.sincosPositionEmbedding(2), [2, 3, 8], "at least 2·2 of them, got 2×3×8"],
  ["squeezeExcitation: channels", () => nn.squeezeExcitation(4, 2), [2, 3, 5, 5], "[squeezeExcitation] takes images N×4×H×W, got 2×3×5×5"],
  ["efficientChannelAttention: rank", () => nn.efficientChannelAttention(), [2, 3, 5], "takes images N×C×H×W, got 2×3×5"],
  ["efficientChannelAttention: kernel", () => nn.efficientChannelAttention({ kernel: 4 }), [2, 3, 5, 5], "kernel is 4, expected an odd"],
  ["channelAttention: channels", () => nn.channelAttention(4), [2, 3, 5, 5], "[channelAttention] takes images N×4×H×W, got 2×3×5×5"],
  ["spatialAttention: kernel", () => nn.spatialAttention(2), [2, 3, 5, 5], "[spatialAttention] kernel is 2, expected an odd"],
];

test.each(refusals)("%s is refused", (_, make, shape, message) => {
  expect(() => trace(make(), shape)).toThrow(message);
});

test("masks of other sizes are refused", () => {
  const net = nn.multiheadAttention(4, 2);
  const builder = new Builder(allOps, 2);
  const input = (shape: number[]) => builder.input("x", { shape, dtype: "f32", batched: true });
  const x = input([2, 3, 4]);
  expect(() => net.callMasked(x, x, x, { keyPaddingMask: input([2, 4]) }, mode)).toThrow(
    "[multiheadAttention] keyPaddingMask is f32 2×4, expected 2×3",
  );
  expect(() => net.callMasked(x, x, x, { attnMask: input([4, 3]) }, mode)).toThrow(
    "[multiheadAttention] attnMask is f32 4×3, expected 3×3 or 2×2×3×3",
  );
});

test("kernels of efficientChannelAttention grow with the channels as in the paper", () => {
  const sizes = [8, 64, 128, 256, 512, 2048].map((channels) => {
    const net = nn.efficientChannelAttention();
    trace(net, [1, channels, 1, 1]);
    return nn.parameters(net)[0].shape[2];
  });
  expect(sizes).toEqual([3, 3, 5, 5, 5, 7]);
});
