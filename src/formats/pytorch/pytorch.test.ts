import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { bytesSource } from "../byte-source.ts";
import golden from "../golden/pytorch.json" with { type: "json" };
import { zipPieces } from "../zip/zip-pieces.ts";
import { openPytorch } from "./open-pytorch.ts";
import { type PytorchEntry, pytorchPieces } from "./pytorch-pieces.ts";

const bytesOf = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const fileOf = (name: string): Uint8Array =>
  bytesOf(golden.cases.find((one) => one.name === name)?.file as string);
const open = (bytes: Uint8Array) => openPytorch(bytesSource(bytes, "f.pth"));

async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(Buffer.concat(await Array.fromAsync(pieces)));
}

test.each(golden.cases)("reads a file as torch.load does: $name", async ({ file, tensors }) => {
  const stored = await open(bytesOf(file));
  const found: Record<string, unknown> = {};
  for (const [name, { type, shape, read }] of stored.tensors) {
    if (name === "long") await expect(read()).resolves.toBeInstanceOf(Int32Array);
    found[name] = { shape, values: Array.from(await read()) };
    expect(type).toMatch(/^(b?f\d+|[iu]\d+|bool)$/);
  }
  expect(found).toEqual(tensors);
});

test("says what it unwrapped", async () => {
  expect((await open(fileOf("checkpoint"))).notes).toEqual([
    'f.pth: took the weights under "state_dict", beside epoch, best, args, optimizer and 2 more',
    'f.pth: cut "module." from the names',
  ]);
  expect((await open(fileOf("averages"))).notes).toEqual([
    'f.pth: took the weights under "model_ema", beside model, lr_scheduler, metrics, folder',
    'f.pth: cut "module." from the names',
    'f.pth: cut "module." from the names',
  ]);
  expect((await open(fileOf("zip"))).notes).toEqual([]);
});

/** A zip form with this pickle and storage "0" of eight floats. */
const zipped = (pickle: string): Promise<Uint8Array> =>
  joined(
    zipPieces([
      {
        name: "x/data.pkl",
        read: () => Uint8Array.from(`\x80\x02${pickle}`, (c) => c.charCodeAt(0)),
      },
      { name: "x/data/0", read: () => new Uint8Array(32) },
    ]),
  );
const text = (value: string) => `X${String.fromCharCode(value.length)}\0\0\0${value}`;
const storage = (key = "0", type = "FloatStorage", size = "K\x08") =>
  `(${text("storage")}ctorch\n${type}\n${text(key)}${text("cpu")}${size}tQ`;
const tensor = (offset: string, shape: string, strides: string, of = storage()) =>
  `ctorch._utils\n_rebuild_tensor_v2\n(${of}${offset}(${shape}t(${strides}t\x89NtR`;
const dict = (value: string) => `}${text("w")}${value}s.`;

test("a pickle by hand, for the refusals below", async () => {
  const { tensors } = await open(await zipped(dict(tensor("K\x02", "K\x03", "K\x02"))));
  expect(await tensors.get("w")?.read()).toEqual(new Float32Array(3));
});

const long = (bytes: string) => `\x8a${String.fromCharCode(bytes.length)}${bytes}`;
const hostile: readonly [string, string, RegExp][] = [
  ["a shell", `cos\nsystem\n${text("touch /tmp/x")}\x85R.`, /wants to call os\.system, which/],
  ["eval", `c__builtin__\neval\n(${text("1")}tR.`, /wants to call __builtin__\.eval/],
  ["a name from the stack", `${text("os")}${text("system")}\x93.`, /wants to call os\.system/],
  ["getattr by prototype", "cconstructor\nconstructor\n)R.", /call constructor\.constructor/],
  ["an object of a class", "(iposix\nsystem\n.", /has operation 0x69/],
  [
    "a class of torch's",
    "ctorch.nn.modules.conv\nConv2d\n)\x81.",
    /torch\.nn\.modules\.conv\.Conv2d/,
  ],
  ["an extension", "\x82\x01.", /has operation 0x82/],
  ["lines in a name", `${text("os\nx")}${text("y")}\x93.`, /wants to call os x\.y/],
  ["an empty pickle", ".", /takes a value where there is none/],
  ["one without an end", "}", /its pickle ends too early/],
  ["a string past the end", "X\xff\xff\xff\xff.", /its pickle ends too early/],
  ["nothing in the memo", "h\x07.", /recalls no value 7/],
  ["no mark", "t.", /lacks a mark/],
  ["a mark that was popped", "K\x01(00t.", /takes a value where there is none|lacks a mark/],
  [
    "deep nesting without tensors",
    `${"]".repeat(1e5)}${"a".repeat(1e5 - 1)}.`,
    /holds no dictionary/,
  ],
  ["millions of values", `${"]0".repeat(2 ** 21 + 1)}.`, /makes more than 2097152 values/],
  ["a file of numbers", "K\x01.", /holds no dictionary, no state dict/],
  ["wrappers without end", `${`}${text("model")}`.repeat(99)}}${"s".repeat(99)}.`, /no state dict/],
  ["past its storage", dict(tensor("K\x06", "K\x03", "K\x01")), /ends at number 9 of 8/],
  ["past it by strides", dict(tensor("K\0", "K\x02K\x02", "K\x08K\x01")), /ends at number 10 of 8/],
  [
    "repeated to terabytes",
    dict(tensor("K\0", long("\0\0\0\0\x10\0"), "K\0")),
    /repeats 8 numbers/,
  ],
  ["a negative size", dict(tensor("K\0", "J\xff\xff\xff\xff", "K\x01")), /no shape and strides/],
  ["a negative stride", dict(tensor("K\0", "K\x02", "J\xff\xff\xff\xff")), /no shape and strides/],
  ["shape without strides", dict(tensor("K\0", "K\x02", "")), /no shape and strides/],
  ["two types", dict(`${storage()}${storage("0", "LongStorage", "K\x01")}`), /two types/],
  ["no storage", dict("K\x05Q"), /refers to something that is no storage/],
  ["a type called", "ctorch\nFloatStorage\n)R.", /calls torch\.FloatStorage, which is a type/],
];

test.each(hostile)("%s is refused in one line", async (_, pickle, message) => {
  const refusal = open(await zipped(pickle));
  await expect(refusal).rejects.toThrow(message);
  await expect(refusal).rejects.toThrow(/^\[pytorch\] f\.pth: [^\n]+$/);
});

test("numbers beyond 32 bits are told, not taken for infinite ones", async () => {
  const storage64 = storage("0", "DoubleStorage", "K\x04");
  const zip = await joined(
    zipPieces([
      {
        name: "x/data.pkl",
        read: () =>
          Uint8Array.from(`\x80\x02${dict(tensor("K\0", "K\x04", "K\x01", storage64))}`, (c) =>
            c.charCodeAt(0),
          ),
      },
      {
        name: "x/data/0",
        read: () => new Uint8Array(Float64Array.of(1.5, -Infinity, 3e38, 1e39).buffer),
      },
    ]),
  );
  await expect((await open(zip)).tensors.get("w")?.read()).rejects.toThrow(
    "[values] f.pth: w: value 3 is 1e+39, beyond floats of 32 bits",
  );
});

test("storages that the file lacks or cuts short are refused when they are read", async () => {
  const read = async (of: string) => {
    const { tensors } = await open(await zipped(dict(tensor("K\0", "K\x09", "K\x01", of))));
    return tensors.get("w")?.read();
  };
  await expect(read(storage("7", "FloatStorage", "K\x09"))).rejects.toThrow("storage 7");
  await expect(read(storage("0", "FloatStorage", "K\x09"))).rejects.toThrow(/has 32 bytes/);
});

test.each(["zip", "legacy"])("any part of a file is an error or whole: %s", async (name) => {
  const bytes = fileOf(name);
  for (let length = 0; length < bytes.length; length += 7) {
    const refusal = open(bytes.subarray(0, length));
    await expect(refusal, `${length} bytes`).rejects.toThrow(/^\[(pytorch|zip)\] f\.pth/);
  }
});

const entries: readonly PytorchEntry[] = [
  { name: "a.weight", type: "f32", shape: [2, 3], read: () => Float32Array.of(1, 2, 3, 4, 5, 6) },
  { name: "ü", type: "f32", shape: [], read: () => Float32Array.of(-1.5) },
  { name: "n", type: "i64", shape: [], read: () => BigInt64Array.of(7n) },
  { name: "none", type: "f32", shape: [0, 2], read: () => new Float32Array(0) },
];

test("what is written comes back, and equal entries give equal bytes", async () => {
  const bytes = await joined(pytorchPieces(entries));
  expect(await joined(pytorchPieces(entries))).toEqual(bytes);
  const { tensors } = await open(bytes);
  expect([...tensors.keys()]).toEqual(["a.weight", "ü", "n", "none"]);
  expect(tensors.get("a.weight")).toMatchObject({ type: "f32", shape: [2, 3] });
  expect(await tensors.get("a.weight")?.read()).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
  expect(await tensors.get("n")?.read()).toEqual(Int32Array.of(7));
  const wrong = [{ ...entries[0], shape: [7] }];
  await expect(joined(pytorchPieces(wrong))).rejects.toThrow("a.weight: shape 7 does not fit 6");
});

const python = "/usr/bin/python3";
const hasTorch = spawnSync(python, ["-c", "import torch"]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "convkit-pytorch-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(!hasTorch)(
  "torch.load reads what is written (skipped without Python's torch)",
  async () => {
    const file = join(folder, "out.pth");
    writeFileSync(file, await joined(pytorchPieces(entries)));
    const script = `import torch, sys, json
state = torch.load(sys.argv[1])
print(json.dumps([[k, str(v.dtype), list(v.shape), v.flatten().tolist()] for k, v in state.items()]))`;
    expect(JSON.parse(execFileSync(python, ["-c", script, file], { encoding: "utf8" }))).toEqual([
      ["a.weight", "torch.float32", [2, 3], [1, 2, 3, 4, 5, 6]],
      ["ü", "torch.float32", [], [-1.5]],
      ["n", "torch.int64", [], [7]],
      ["none", "torch.float32", [0, 2], []],
    ]);
  },
);
