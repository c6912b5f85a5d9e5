/**
 * Weights on disk, whatever wrote them: safetensors, PyTorch's own form or NumPy's. A file is known by its first bytes when it
 * is read and by its name when it is written; either way one tensor at a time is in memory.
 */
import { extname } from "node:path";
import { ConvkitError } from "../core/error.ts";
import type { AnyModule } from "../nn/module.ts";
import { namedStates } from "../nn/parameters.ts";
import type { Parameter } from "../tensor/parameter.ts";
import { writeFileAtomic } from "./atomic-write-node.ts";
import { fileSource } from "./file-source-node.ts";
import { npzPieces, openNpz } from "./npz.ts";
import { openPytorch } from "./pytorch/open-pytorch.ts";
import { pytorchPieces } from "./pytorch/pytorch-pieces.ts";
import { isLegacyForm } from "./pytorch/read-legacy-form.ts";
import { openSafetensors } from "./safetensors/read-safetensors.ts";
import { safetensorsPieces } from "./safetensors/write-safetensors.ts";
import type { StoredTensors } from "./stored-tensors.ts";
import { isZip, openZip } from "./zip/open-zip.ts";

/** Names and shapes of a file's tensors; values are read when they are asked for. */
export async function readStateDict(file: string): Promise<StoredTensors> {
  const source = await fileSource(file);
  const head = await source.read(0, Math.min(16, source.size));
  if (isLegacyForm(head)) return openPytorch(source);
  if (!isZip(head)) return openSafetensors(source);
  const names = [...(await openZip(source)).keys()];
  return names.some((name) => name.endsWith("data.pkl")) ? openPytorch(source) : openNpz(source);
}

export interface WriteStateDictOptions {
  /** The name, and where it differs the shape, that a state has in the file; its own by default. */
  readonly rename?: (name: string, shape: readonly number[]) => StoredName;
  /** Of safetensors alone. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface StoredName {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The network's parameters and buffers, by the extension of `file`: .safetensors, .pth, .pt or .npz. */
export async function writeStateDict(
  file: string,
  net: AnyModule,
  { rename = (name, shape) => ({ name, shape }), metadata }: WriteStateDictOptions = {},
): Promise<void> {
  const entries = namedStates(net).map(([name, { parameter }]): OwnEntry => {
    const type = parameter.dtype === "f32" ? "f32" : "i64";
    return { ...rename(name, parameter.shape), type, read: () => valuesOf(parameter) };
  });
  await writeFileAtomic(file, piecesOf(file, entries, metadata));
}

/** The tensors of one file into another of any form, by the extension of `file`: floats as f32, whole numbers as i64. */
export async function copyStateDict({ tensors }: StoredTensors, file: string): Promise<void> {
  const entries = [...tensors].map(([name, { type, shape, read }]): OwnEntry => {
    const isFloat = /^b?f\d+$/.test(type);
    return {
      ...{ name, shape, type: isFloat ? "f32" : "i64" },
      read: async () => {
        const values = await read();
        return isFloat
          ? new Float32Array(values)
          : BigInt64Array.from(values, (value) => BigInt(value));
      },
    };
  });
  await writeFileAtomic(file, piecesOf(file, entries));
}

type OwnValues = Float32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>;

interface OwnEntry extends StoredName {
  readonly type: "f32" | "i64";
  read(): OwnValues | Promise<OwnValues>;
}

/** Counters have 64 bits in PyTorch. */
const valuesOf = (parameter: Parameter) =>
  parameter.dtype === "f32"
    ? new Float32Array(parameter.read())
    : BigInt64Array.from(parameter.read(), (value) => BigInt(value));

function piecesOf(
  file: string,
  entries: readonly OwnEntry[],
  metadata: Readonly<Record<string, string>> = {},
): AsyncGenerator<Uint8Array> {
  switch (extname(file).toLowerCase()) {
    case ".safetensors": {
      const dtypes = { f32: "F32", i64: "I64" } as const;
      return safetensorsPieces(
        entries.map((entry) => ({ ...entry, dtype: dtypes[entry.type] })),
        metadata,
      );
    }
    case ".pth":
    case ".pt":
      return pytorchPieces(entries);
    case ".npz": {
      const types = { f32: "f4", i64: "i8" } as const;
      return npzPieces(
        entries.map(({ name, type, shape, read }) => ({
          name,
          read: async () => ({ type: types[type], shape, data: await read() }),
        })),
      );
    }
    default:
      throw new ConvkitError(
        "write",
        `${file}: weights are written as .safetensors, .pth or .npz — choose one of these`,
      );
  }
}
