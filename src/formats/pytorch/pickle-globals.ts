/**
 * The names that a pickle may use, and what each of them makes: data. A pickle is a program that names functions of Python's
 * and has them called; those of weights need a dozen, and any other name ends the reading.
 */
import type { StoredType } from "../stored-tensors.ts";
import {
  type PickleValue,
  PyDict,
  PyGlobal,
  PyOpaque,
  PyStorage,
  PyTensor,
  PyTuple,
} from "./pickle-values.ts";

type Fail = (message: string) => never;
type Make = (args: readonly PickleValue[], name: string, fail: Fail) => PickleValue;

/** PyTorch's names for storages of one type. */
const storageTypes: Readonly<Record<string, StoredType>> = {
  "torch.DoubleStorage": "f64",
  "torch.FloatStorage": "f32",
  "torch.HalfStorage": "f16",
  "torch.BFloat16Storage": "bf16",
  "torch.LongStorage": "i64",
  "torch.IntStorage": "i32",
  "torch.ShortStorage": "i16",
  "torch.CharStorage": "i8",
  "torch.ByteStorage": "u8",
  "torch.BoolStorage": "bool",
};

const opaque: Make = (_, name) => new PyOpaque(name);
const emptyDict: Make = () => new PyDict();

const makers: Readonly<Record<string, Make>> = {
  "collections.OrderedDict": orderedDict,
  "torch._utils._rebuild_tensor": tensor,
  "torch._utils._rebuild_tensor_v2": tensor,
  "torch._utils._rebuild_parameter": ([data], name, fail) =>
    data instanceof PyTensor ? data : fail(`${name} is given no tensor`),
  "torch.Size": ([sizes]) => (sizes instanceof PyTuple ? sizes : new PyTuple([])),
  // What schedulers, metrics and settings of training leave beside the weights.
  "collections.Counter": opaque,
  "collections.defaultdict": emptyDict,
  "__builtin__.set": opaque,
  "builtins.set": opaque,
  "datetime.datetime": opaque,
  "pathlib.PosixPath": opaque,
  "pathlib.WindowsPath": opaque,
  "numpy.core.multiarray._reconstruct": opaque,
  "numpy._core.multiarray._reconstruct": opaque,
  "torch.device": opaque,
  "argparse.Namespace": opaque,
  "numpy.core.multiarray.scalar": opaque,
  "numpy._core.multiarray.scalar": opaque,
  "numpy.dtype": opaque,
  "_codecs.encode": opaque,
};

/** Names that stand for themselves: types. */
const isType = (name: string): boolean =>
  Object.hasOwn(storageTypes, name) ||
  /^torch\.(float(16|32|64)|bfloat16|u?int8|int(16|32|64)|bool)$/.test(name) ||
  /^(__builtin__|builtins)\.(list|dict|int|float)$/.test(name) ||
  name === "numpy.ndarray";

export function findGlobal(name: string, fail: Fail): PyGlobal {
  if (isType(name) || Object.hasOwn(makers, name)) return new PyGlobal(name);
  return fail(
    `wants to call ${name.slice(0, 80)}, which convkit does not: weights need no code — ` +
      "in Python, save model.state_dict() alone",
  );
}

export function callGlobal(
  callee: PickleValue | undefined,
  args: PickleValue | undefined,
  fail: Fail,
): PickleValue {
  if (!(callee instanceof PyGlobal) || !(args instanceof PyTuple)) return fail("calls no function");
  if (isType(callee.name)) return fail(`calls ${callee.name}, which is a type`);
  return makers[callee.name](args.items, callee.name, fail);
}

/** A reference to what lies outside of the pickle: ("storage", type, key, device, numbers[, view]). */
export function findStorage(id: PickleValue | undefined, fail: Fail): PyStorage {
  const [kind, global, key, , size, view] = id instanceof PyTuple ? id.items : [];
  const type = global instanceof PyGlobal ? storageTypes[global.name] : undefined;
  if (kind !== "storage" || !type || typeof key !== "string" || !isSize(size)) {
    return fail("refers to something that is no storage of numbers");
  }
  if (view === undefined || view === null) return new PyStorage(type, key, size);
  const [, offset, length] = view instanceof PyTuple ? view.items : [];
  if (!isSize(offset) || !isSize(length) || offset + length > size) {
    return fail(`refers to a part of storage ${key} that lies outside`);
  }
  return new PyStorage(type, key, length, offset);
}

const isSize = (value: PickleValue | undefined): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

function orderedDict([pairs]: readonly PickleValue[], name: string, fail: Fail): PyDict {
  const dict = new PyDict();
  for (const pair of Array.isArray(pairs) ? pairs : []) {
    const [key, value] = pair instanceof PyTuple ? pair.items : Array.isArray(pair) ? pair : [];
    if (key === undefined || value === undefined) return fail(`${name} is given no pairs`);
    dict.entries.set(key, value);
  }
  return dict;
}

/** (storage, offset, shape, strides, …): refused where it reaches outside of the storage. */
function tensor(args: readonly PickleValue[], name: string, fail: Fail): PyTensor {
  const [storage, offset, shape, strides] = args;
  if (!(storage instanceof PyStorage) || !isSize(offset))
    return fail(`${name} is given no storage`);
  const [sizes, steps] = [shape, strides].map((value) =>
    value instanceof PyTuple && value.items.every(isSize) ? (value.items as number[]) : undefined,
  );
  if (!sizes || !steps || sizes.length !== steps.length || sizes.length > MAX_RANK) {
    return fail(`${name} is given no shape and strides`);
  }
  const isEmpty = sizes.includes(0);
  const last = sizes.reduce((at, size, axis) => at + (size - 1) * steps[axis], offset);
  if (!isEmpty && !(last < storage.size)) {
    return fail(
      `holds a tensor ${sizes.join("×")} that ends at number ${last + 1} of ${storage.size}`,
    );
  }
  const count = sizes.reduce((product, size) => product * size, 1);
  if (count > storage.size + MAX_REPEATED) {
    return fail(`holds a tensor ${sizes.join("×")} that repeats ${storage.size} numbers`);
  }
  return new PyTensor(storage, offset, sizes, steps);
}

/** PyTorch's own limit. */
const MAX_RANK = 64;
/** How far a view with strides of 0 may blow up its storage. */
const MAX_REPEATED = 2 ** 24;
