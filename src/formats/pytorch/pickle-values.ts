/** What a pickle of PyTorch's may hold, as plain data: nothing in it is ever called. */
import type { StoredType } from "../stored-tensors.ts";

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | PyTuple
  | PyDict
  | PyGlobal
  | PyStorage
  | PyTensor
  | PyOpaque;

export class PyTuple {
  readonly items: readonly PickleValue[];
  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

export class PyDict {
  readonly entries = new Map<PickleValue, PickleValue>();
}

/** A name of Python's that stands in the list of those allowed (pickle-globals.ts). */
export class PyGlobal {
  /** `torch._utils._rebuild_tensor_v2` */
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** Numbers that tensors are views of; they stand elsewhere in the file. */
export class PyStorage {
  readonly type: StoredType;
  readonly key: string;
  /** In numbers. */
  readonly size: number;
  /** Where it begins in the storage of this key; other than 0 only in files of the first PyTorch versions. */
  readonly offset: number;
  constructor(type: StoredType, key: string, size: number, offset = 0) {
    this.type = type;
    this.key = key;
    this.size = size;
    this.offset = offset;
  }
}

export class PyTensor {
  readonly storage: PyStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  constructor(
    storage: PyStorage,
    offset: number,
    shape: readonly number[],
    strides: readonly number[],
  ) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

/** A value that has no bearing on weights, such as a NumPy scalar or the arguments of a training script. */
export class PyOpaque {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}
