/** Who is measured, how each is started, and where one is too slow to be given the whole workload. */
import type { Workload } from "./workloads.ts";

/** Fewer images or steps for a peer that would take minutes; without `batch` it gets the workload's own. */
export interface Slow {
  readonly batch?: number;
  readonly rounds: number;
}

export interface Peer {
  readonly name: string;
  /** Runs on one thread whatever is asked for. */
  readonly singleThreaded: boolean;
  /** A script in peers/; convkit itself has none, it is run by its own command. */
  readonly script?: string;
  readonly variant?: (workload: Workload) => string | undefined;
  readonly slow?: (workload: Workload) => Slow | undefined;
  /** Why a workload is not measured. */
  readonly cannot?: (workload: Workload) => string | undefined;
}

const isLenet = ({ network }: Workload) => network.name === "lenet5";

export const peers: readonly Peer[] = [
  { name: "convkit", singleThreaded: false },
  { name: "pytorch", singleThreaded: false, script: "pytorch.py" },
  {
    name: "pytorch-channels-last",
    singleThreaded: false,
    script: "pytorch.py",
    variant: () => "channelsLast",
  },
  {
    name: "jax-js",
    singleThreaded: true,
    script: "jax-js.ts",
    // Its jit makes LeNet faster and deeper networks two to seven times slower: each gets the better.
    variant: (workload) => (isLenet(workload) ? undefined : "noJit"),
    slow: ({ task, network, batch }) => {
      if (network.name === "lenet5") return undefined;
      if (task === "predict") return batch > 1 ? { batch: 8, rounds: 2 } : undefined;
      return { batch: network.name === "resnet20" ? 8 : 2, rounds: 2 };
    },
  },
  {
    name: "convnetjs",
    singleThreaded: true,
    script: "convnetjs.ts",
    cannot: (workload) =>
      isLenet(workload) ? undefined : "has neither batch normalisation nor a sum of branches",
  },
  {
    name: "tfjs-cpu",
    singleThreaded: true,
    script: "tfjs.ts",
    slow: ({ task, network, batch }) => {
      if (task === "predict") return batch > 32 ? { batch: 8, rounds: 2 } : undefined;
      if (network.name === "lenet5") return { batch: 8, rounds: 5 };
      return { batch: 1, rounds: network.name === "resnet20" ? 2 : 1 };
    },
  },
];

/** PyTorch is Debian's; a `python3` earlier on the path may be one without it. */
export const pythons = ["/usr/bin/python3", "python3"];
