/** Downloads from a server on this machine that breaks off, lies, and knows ranges or not. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { downloadDataset } from "./download-node.ts";
import type { PublishedDataset } from "./published.ts";

const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");
const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) >> 3);
const folder = mkdtempSync(join(tmpdir(), "convkit-download-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Behaviour {
  /** Ends the connection after so many bytes, once. */
  breakAfter?: number;
  ranges?: boolean;
  status?: number;
}
let [server, base]: [Server, string] = [undefined as unknown as Server, ""];
let served: Record<string, Uint8Array>;
let how: Behaviour;
let asked: (string | undefined)[];

beforeEach(async () => {
  [served, how, asked] = [{ "/data.bin": content }, { ranges: true }, []];
  server = createServer((request, response) => {
    asked.push(request.headers.range);
    const bytes = served[request.url as string];
    if (how.status || !bytes) {
      response.writeHead(how.status ?? 404).end();
      return;
    }
    const start = how.ranges
      ? Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0)
      : 0;
    if (start >= bytes.length) {
      response.writeHead(416).end();
      return;
    }
    const rest = bytes.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, { "content-length": rest.length });
    const { breakAfter } = how;
    delete how.breakAfter;
    if (breakAfter === undefined) response.end(rest);
    // What was written is given time to arrive.
    else
      response.write(rest.subarray(0, breakAfter), () => setTimeout(() => response.destroy(), 50));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const dataset = (over: Partial<PublishedDataset> = {}): PublishedDataset => ({
  ...{ title: "test", kind: "mnist", mirrors: [base], bytes: 1, licence: "", source: "" },
  files: [{ name: "data.bin", md5: md5(content) }],
  ...over,
});
let number = 0;
const fresh = (): string => join(folder, String(number++));

test("a file is fetched once, with its progress", async () => {
  const out = fresh();
  const seen: [number, number][] = [];
  const onProgress = (_: string, done: number, total: number) => seen.push([done, total]);
  expect(await downloadDataset(dataset(), out, { onProgress })).toEqual({
    fetched: ["data.bin"],
    present: [],
  });
  expect(new Uint8Array(readFileSync(join(out, "data.bin")))).toEqual(content);
  expect(seen.at(-1)).toEqual([300_000, 300_000]);
  expect(await downloadDataset(dataset(), out)).toEqual({ fetched: [], present: ["data.bin"] });
  expect(asked).toHaveLength(1);
});

test.each([true, false])("goes on where the connection broke; ranges: %s", async (ranges) => {
  const out = fresh();
  how = { ranges, breakAfter: 100_000 };
  await expect(downloadDataset(dataset(), out)).rejects.toThrow(
    /data\.bin: no mirror gave it .*kept/,
  );
  const kept = readFileSync(join(out, "data.bin.part")).length;
  expect(kept).toBeGreaterThan(0);
  expect(existsSync(join(out, "data.bin"))).toBe(false);
  await downloadDataset(dataset(), out);
  expect(asked).toEqual([undefined, `bytes=${kept}-`]);
  expect(new Uint8Array(readFileSync(join(out, "data.bin")))).toEqual(content);
  expect(readdirSync(out)).toEqual(["data.bin"]);
});

test("a mirror that fails makes way for the next, and is named", async () => {
  const notes: string[] = [];
  const mirrors = ["http://127.0.0.1:9/none/", `${base}nowhere`, base];
  const out = fresh();
  await downloadDataset(dataset({ mirrors }), out, { onNote: (note) => notes.push(note) });
  expect(notes).toHaveLength(2);
  expect(notes[1]).toMatch(/nowhere\/data\.bin: the server answered 404; trying the next mirror/);
  expect(new Uint8Array(readFileSync(join(out, "data.bin")))).toEqual(content);
});

test("what has another checksum is removed, also where a part of it was there before", async () => {
  const out = fresh();
  served["/data.bin"] = content.map((byte) => byte ^ 1);
  await expect(downloadDataset(dataset(), out)).rejects.toThrow(/its MD5 is not .*removed/);
  expect(readdirSync(out)).toEqual([]);
  served["/data.bin"] = content;
  mkdirSync(out, { recursive: true });
  writeFileSync(
    join(out, "data.bin.part"),
    content.subarray(0, 1000).map((byte) => byte ^ 1),
  );
  await expect(downloadDataset(dataset(), out)).rejects.toThrow(/its MD5 is not/);
  await downloadDataset(dataset(), out);
  expect(new Uint8Array(readFileSync(join(out, "data.bin")))).toEqual(content);
});

test("a part that is whole already only gets its name", async () => {
  const out = fresh();
  mkdirSync(out);
  writeFileSync(join(out, "data.bin.part"), content);
  await downloadDataset(dataset(), out);
  expect(readdirSync(out)).toEqual(["data.bin"]);
});

test("archives are unpacked into the folder itself, once", async () => {
  const made = fresh();
  mkdirSync(join(made, "inner"), { recursive: true });
  writeFileSync(join(made, "inner", "a.bin"), "first");
  execFileSync("tar", ["czf", join(made, "a.tar.gz"), "-C", made, "inner"]);
  served["/a.tar.gz"] = new Uint8Array(readFileSync(join(made, "a.tar.gz")));
  served["/b.zip"] = zipSync({ "gzip/b.bin": new TextEncoder().encode("second") });
  const files = [
    { name: "a.tar.gz", md5: md5(served["/a.tar.gz"]), unpack: "tar.gz" },
    { name: "b.zip", md5: md5(served["/b.zip"]), unpack: "zip" },
  ] as const;
  const out = fresh();
  await downloadDataset(dataset({ files }), out);
  expect(readFileSync(join(out, "a.bin"), "utf8")).toBe("first");
  expect(readFileSync(join(out, "b.bin"), "utf8")).toBe("second");
  expect(readdirSync(out).filter((name) => /gz$|zip$|part$/.test(name))).toEqual([]);
  await downloadDataset(dataset({ files }), out);
  expect(asked).toHaveLength(2);
});

test("an archive that leads out of the folder is refused", async () => {
  served["/b.zip"] = zipSync({ "../b.bin": new TextEncoder().encode("out") });
  const out = fresh();
  const files = [{ name: "b.zip", md5: md5(served["/b.zip"]), unpack: "zip" }] as const;
  await expect(downloadDataset(dataset({ files }), out)).rejects.toThrow(
    /leads out of the archive/,
  );
  expect(existsSync(join(folder, "b.bin"))).toBe(false);
});
