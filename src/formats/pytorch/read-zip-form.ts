/**
 * What torch.save writes since PyTorch 1.6: an uncompressed zip archive with a pickle, `NAME/data.pkl`, and one file of
 * little-endian numbers a storage, `NAME/data/KEY`.
 */
import { ConvkitError } from "../../core/error.ts";
import type { ByteSource } from "../byte-source.ts";
import { openZip } from "../zip/open-zip.ts";
import type { PyStorage } from "./pickle-values.ts";
import { PickleEnds, readPickle, type Unpickled } from "./read-pickle.ts";

/** What both forms give: the pickled value, and where storages lie. */
export interface PytorchFile {
  readonly value: Unpickled["value"];
  storage(storage: PyStorage): Promise<ByteSource>;
}

const PICKLE_LIMIT = 2 ** 26;

export async function readZipForm(source: ByteSource): Promise<PytorchFile> {
  const { name: file } = source;
  const fail = (message: string): never => {
    throw new ConvkitError("pytorch", `${file}: ${message}`);
  };
  const entries = await openZip(source);
  const pickle = [...entries.values()].find(({ name }) => /(^|\/)data\.pkl$/.test(name));
  if (!pickle) return fail("is a zip archive without data.pkl — save it with torch.save");
  const folder = pickle.name.slice(0, -"data.pkl".length);
  if (entries.has(`${folder}constants.pkl`)) {
    return fail("is a TorchScript program — in Python, save model.state_dict() with torch.save");
  }
  const order = await entries.get(`${folder}byteorder`)?.read(8);
  if (order && new TextDecoder().decode(order).trim() !== "little") {
    return fail("was saved on a big-endian machine — save it on another");
  }
  if (pickle.size > PICKLE_LIMIT) return fail(`its pickle has ${pickle.size} bytes, too many`);
  return {
    value: unpickle(await pickle.read(), file),
    storage: async ({ key }) => {
      const entry = entries.get(`${folder}data/${key}`);
      return entry ? entry.open() : fail(`lacks the numbers of storage ${key} — copy it again`);
    },
  };
}

function unpickle(bytes: Uint8Array, file: string): Unpickled["value"] {
  try {
    return readPickle(bytes, 0, file).value;
  } catch (cause) {
    if (!(cause instanceof PickleEnds)) throw cause;
    throw new ConvkitError("pytorch", `${file}: its pickle ends too early — copy it again`);
  }
}
