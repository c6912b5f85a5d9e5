import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pack } from "tar-stream";
import { afterAll, expect, test } from "vitest";
import { fromBase64 } from "../base64.ts";
import { gunzip } from "../gzip.ts";
import golden from "./golden/tar.json" with { type: "json" };
import { listTar } from "./list-tar-node.ts";

const root = mkdtempSync(join(tmpdir(), "convkit-tar-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function file(name: string, bytes: Uint8Array): string {
  writeFileSync(join(root, name), bytes);
  return join(root, name);
}

const unpacked = async (packed: string) => gunzip(fromBase64(packed), "golden");

test.each(Object.entries(golden))(
  "files of a %s archive lie where Python finds them",
  async (name, of) => {
    const bytes = await unpacked(of.packed);
    const entries = await listTar(file(`${name}.tar`, bytes), (path) => path.endsWith(".cls"));
    expect([...entries.values()].map(({ name, offset, size }) => [name, offset, size])).toEqual(
      of.files,
    );
    expect(entries.get("a/1.cls")?.bytes).toEqual(Uint8Array.of(0x37));
    expect(entries.get("a/1.jpg")?.bytes).toBeUndefined();
    const { offset = 0, size = 0 } = entries.get("a/1.jpg") ?? {};
    expect(new Set(bytes.subarray(offset, offset + size))).toEqual(new Set([0x78]));
  },
);

async function packed(name: string): Promise<Uint8Array> {
  const archive = pack();
  archive.entry({ name }, "bytes");
  archive.finalize();
  return Buffer.concat(await Array.fromAsync(archive as AsyncIterable<Buffer>));
}

test("names that lead out, other files and cut ones are refused in one line", async () => {
  const pax = await unpacked(golden.pax.packed);
  const cases: [string, Uint8Array, RegExp][] = [
    [
      "up.tar",
      await packed("a/../../x.png"),
      /entry "a\/\.\.\/\.\.\/x\.png" leads out of the archive/,
    ],
    ["root.tar", await packed("/etc/x.png"), /entry "\/etc\/x\.png" leads out/],
    ["drive.tar", await packed("c:\\x.png"), /leads out/],
    ["cut.tar", pax.subarray(0, 1000), /cut\.tar: ends in the middle of an entry/],
    ["text.tar", new TextEncoder().encode("text".repeat(500)), /is no tar archive, or damaged/],
    ["packed.tar", fromBase64(golden.pax.packed), /is packed by gzip, .* run gunzip on it first/],
  ];
  for (const [name, bytes, message] of cases) {
    const path = file(name, bytes);
    await expect(listTar(path)).rejects.toThrow(message);
    await expect(listTar(path)).rejects.toThrow(/^\[\w+\] [^\n]+$/);
  }
  await expect(listTar(join(root, "none.tar"))).rejects.toThrow(
    /none\.tar: no such file or folder/,
  );
});

test("of equal names the last one counts, as when it is unpacked", async () => {
  const archive = pack();
  archive.entry({ name: "a.png" }, "old");
  archive.entry({ name: "a.png" }, "newer");
  archive.finalize();
  const bytes = Buffer.concat(await Array.fromAsync(archive as AsyncIterable<Buffer>));
  expect((await listTar(file("twice.tar", bytes))).get("a.png")?.size).toBe(5);
});
