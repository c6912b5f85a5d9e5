/** Values that lie in files beside the model. */
import { ConvkitError } from "../../core/error.ts";
import { sizeOf } from "../../core/shape.ts";
import { ARRAYS, type TensorProto, viewOf } from "./proto.ts";

/** Gives the bytes of a file by the path that the model has for it, relative to the model's folder. */
export type ReadExternal = (location: string) => Uint8Array | Promise<Uint8Array>;

/** The tensors with their values; each file is asked for once. */
export async function withExternal(
  tensors: readonly TensorProto[],
  read: ReadExternal | undefined,
  file: string,
): Promise<TensorProto[]> {
  const files = new Map<string, Uint8Array>();
  const found: TensorProto[] = [];
  for (const tensor of tensors) {
    const { external } = tensor;
    if (!external) {
      found.push(tensor);
      continue;
    }
    const { location } = external;
    checkLocation(location, tensor.name, file);
    if (!read) {
      throw new ConvkitError(
        "onnx",
        `${file}: "${tensor.name}" lies in ${location} — give its bytes with the option external, or open the model by its path`,
      );
    }
    const bytes = files.get(location) ?? (await read(location));
    files.set(location, bytes);
    found.push(cutOut(tensor, bytes, file));
  }
  return found;
}

/** Only files in the model's folder, or in folders there. */
function checkLocation(location: string, name: string, file: string): void {
  const isInside = !/^[/\\]|^[a-z]+:|[\\\0]/i.test(location) && !location.split("/").includes("..");
  if (isInside) return;
  throw new ConvkitError(
    "onnx",
    `${file}: "${name}" lies in ${JSON.stringify(location)}, outside the model's folder — move it there, or save the model anew`,
  );
}

function cutOut(
  { name, dims, type, external }: TensorProto,
  bytes: Uint8Array,
  file: string,
): TensorProto {
  const { location, offset = 0, length } = external as NonNullable<TensorProto["external"]>;
  const needed = sizeOf(dims) * ARRAYS[type].BYTES_PER_ELEMENT;
  const told = length ?? needed;
  if (told === needed && offset + needed <= bytes.length) {
    return { name, dims, type, data: viewOf(bytes.subarray(offset, offset + needed), type) };
  }
  throw new ConvkitError(
    "onnx",
    `${file}: "${name}" takes ${needed} bytes, ${told} at ${offset} of the ${bytes.length} of ${location} are named — the file is damaged or not the model's`,
  );
}
