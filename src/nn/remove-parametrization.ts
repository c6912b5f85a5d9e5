/**
 * The way back from a parameter that is made of others, see parametrize.ts: for a network that is done with its training,
 * or for other programs that know nothing of the normalisation.
 */
import type { Device, HostData } from "../backends/backend.ts";
import { ConvkitError } from "../core/error.ts";
import { Parameter } from "../tensor/parameter.ts";
import type { AnyModule, OwnState, Parametrization, Parametrized } from "./module.ts";

export interface RemoveParametrizationOptions {
  /** `weight` by default. */
  readonly name?: string;
  /** Computes the value; the default device when left out. */
  readonly device?: Device;
}

/**
 * The parameter is one like any other from the next trace on, with the value that evaluation gives it now; those it was
 * made of are gone. Make optimisers and programs after this call. As torch.nn.utils.remove_weight_norm and
 * remove_spectral_norm.
 */
export async function removeParametrization<M extends AnyModule>(
  layer: M,
  { name = "weight", device }: RemoveParametrizationOptions = {},
): Promise<M> {
  const { kind, ownStates, parametrized } = layer;
  const entry = parametrized.get(name);
  if (!entry) {
    const known = [...parametrized.keys()].join(", ") || "nothing";
    throw new ConvkitError(kind, `parameter "${name}" is not parametrized — ${known} is`);
  }
  const { asked, replaced } = entry;
  const parts = new Set<string>();
  let plain = replaced;
  if (asked) {
    const { shape, init } = asked;
    const values = await evaluate(layer, entry.make, asked, parts, device);
    const [part] = parts;
    const path = (ownStates.get(part) as OwnState).path.slice(0, -part.length) + name;
    const parameter = new Parameter(path, shape, () => values);
    plain = { kind: "parameter", parameter, init, path, persistent: true };
  }
  const others = [...ownStates].filter(([own]) => !parts.has(own));
  parametrized.delete(name);
  ownStates.clear();
  if (plain) ownStates.set(name, plain);
  for (const [own, state] of others) ownStates.set(own, state);
  return layer;
}

/** The parameter's value in evaluation; the names of the states that it is made of are added to `parts`. */
async function evaluate(
  { ownStates }: AnyModule,
  make: Parametrization,
  { shape, init }: NonNullable<Parametrized["asked"]>,
  parts: Set<string>,
  device?: Device,
): Promise<HostData> {
  // Loaded when asked for: layers are traced without an engine.
  const { compile, defaultDevice, tensor } = await import("../tensor/index.ts");
  const value = compile(
    ({ builder }) => {
      const read = (part: string) => {
        parts.add(part);
        return builder.state((ownStates.get(part) as OwnState).parameter);
      };
      const mode = { training: false };
      return make({ mode, param: read, buffer: read, updateBuffer: () => {} }, shape, init);
    },
    { device: device ?? (await defaultDevice()), batched: [false] },
  );
  const { data } = await value(tensor([0], [1]));
  value.dispose();
  return data;
}
