import { expect, test } from "vitest";
import { fnv1a } from "./fnv1a.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("gives the authors' values, at once and in parts", () => {
  expect(fnv1a([])).toBe(0x811c9dc5);
  expect(fnv1a(bytes("a"))).toBe(0xe40c292c);
  expect(fnv1a(bytes("foobar"))).toBe(0xbf9cf968);
  expect(fnv1a(bytes("bar"), fnv1a(bytes("foo")))).toBe(0xbf9cf968);
});
