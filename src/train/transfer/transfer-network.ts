/**
 * A network's body with another head: what the network makes of pictures up to its features, and a head on these. The body stays
 * the network that it was, in training, too, and its states keep their names; those of its own classifier are no longer
 * part of it.
 */
import type { Shape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { traceNetwork } from "../../nn/initialize.ts";
import { type AnyModule, type Mode, Module } from "../../nn/module.ts";
import { takeOutputs } from "../../nn/named-outputs.ts";
import { scoresOf } from "../loss.ts";
import { featuresOf, headModules } from "./features.ts";
import type { HeadSettings } from "./head-settings.ts";
import { makeHead } from "./heads.ts";

export class TransferNetwork extends Module {
  readonly body: Module;
  readonly head: Module;
  readonly settings: HeadSettings;

  constructor(body: Module, settings: HeadSettings, classes: number) {
    super();
    this.body = body;
    this.settings = settings;
    this.head = makeHead(settings, classes);
  }

  override get kind(): string {
    return "transferNetwork";
  }

  /** The body's parts stand where they stood: its name is empty. */
  override namedChildren(): [string, AnyModule][] {
    return [
      ["", this.body],
      ["head", this.head],
    ];
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const scores = this.body.call(x, mode);
    // Auxiliary classifiers go with the classifier that is replaced.
    takeOutputs(x.builder);
    const { kind, layer } = this.settings;
    const read = kind === "classifier" ? scoresOf(scores) : featuresOf(scores, layer);
    return this.head.call(read, mode);
  }
}

/**
 * Takes `body`, whose parameters are there, over: its classifier leaves the states that are trained and saved, unless it is what
 * the head stands on. The head has initial values.
 */
export function transferNetwork(
  body: Module,
  inputShape: Shape,
  settings: HeadSettings,
  classes: number,
): TransferNetwork {
  const own = body instanceof TransferNetwork ? body.body : body;
  const left = settings.kind === "classifier" ? [] : headModules(own, inputShape, settings.layer);
  for (const { ownStates } of left) {
    for (const [name, state] of ownStates) ownStates.set(name, { ...state, persistent: false });
  }
  const net = new TransferNetwork(own, settings, classes);
  traceNetwork(net, inputShape, { training: true });
  return net;
}
