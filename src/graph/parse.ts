/** Reads the text form that `print.ts` writes, of a graph of the given ops. It checks the form; `verify.ts` the meaning. */
import { byteSize, type DType } from "../core/dtype.ts";
import { ConvkitError } from "../core/error.ts";
import type { Attrs, Graph, Node, StateRef, TensorType, Update } from "./node.ts";
import type { OpTable } from "./op.ts";

export function parse(text: string, ops: OpTable): Graph {
  const lines = text.split(/\r?\n/);
  const nodes: Node[] = [];
  const states: StateRef[] = [];
  const updates: Update[] = [];
  let batch: number | undefined;
  let outputs: Node[] | undefined;
  let seenHeader = false;

  lines.forEach((line, row) => {
    const fail = (what: string): never => {
      throw new ConvkitError("parse", `line ${row + 1}: ${what} — ${line.trim()}`);
    };
    const nodeOf = (name: string): Node =>
      nodes[Number(name.slice(1))] ?? fail(`no node ${name} yet`);
    if (line.trim() === "") return;
    if (outputs) fail("a line after return");
    if (!seenHeader) {
      const header = /^graph(?: batch=(\d+))?$/.exec(line) ?? fail('expected "graph"');
      batch = header[1] === undefined ? undefined : Number(header[1]);
      seenHeader = true;
    } else if (line.startsWith("%")) {
      const node = parseNode(line, nodeOf, fail);
      if (node.id !== nodes.length) fail(`expected %${nodes.length}`);
      nodes.push(node);
    } else if (line.startsWith("state ")) {
      const found = /^state (\d+) (".*") (\S+)$/.exec(line) ?? fail("not a state");
      if (Number(found[1]) !== states.length) fail(`expected slot ${states.length}`);
      const { shape, dtype } = parseType(found[3], fail);
      states.push({ name: parseJson(found[2], fail) as string, shape, dtype });
    } else if (line.startsWith("update ")) {
      const found = /^update (\d+) (%\d+)$/.exec(line) ?? fail("not an update");
      updates.push({ slot: Number(found[1]), value: nodeOf(found[2]) });
    } else {
      const found = /^return(?: (%\d+(?:, %\d+)*))?$/.exec(line) ?? fail("not a line of a graph");
      outputs = found[1] === undefined ? [] : found[1].split(", ").map(nodeOf);
    }
  });
  if (!outputs) throw new ConvkitError("parse", "the text ends without return");
  const inputs = nodes.filter((node) => node.op === "input");
  return { ops, nodes, inputs, outputs, states, updates, batch };
}

type Fail = (what: string) => never;

function parseNode(line: string, nodeOf: (name: string) => Node, fail: Fail): Node {
  // The attributes are JSON and may hold any text, so the type is looked for behind the last brace.
  const found =
    /^%(\d+) = (\w+)(?:\((%\d+(?:, %\d+)*)\))?(?: (\{.*\}))? : (\S+)(?: @(.+))?$/.exec(line) ??
    fail("not a node");
  const [, id, op, inputs, attrs, type, scope = ""] = found;
  return {
    id: Number(id),
    op,
    inputs: inputs === undefined ? [] : inputs.split(", ").map(nodeOf),
    attrs: attrs === undefined ? {} : (parseJson(attrs, fail) as Attrs),
    ...parseType(type, fail),
    scope,
  };
}

function parseType(text: string, fail: Fail): TensorType {
  const found = /^(\w+)\[(?:(\d+)(\*?)((?:,\d+)*))?\]$/.exec(text) ?? fail("not a type");
  const [, dtype, first, star, rest] = found;
  if (!Object.hasOwn(byteSize, dtype)) fail(`unknown element type ${dtype}`);
  const shape = first === undefined ? [] : `${first}${rest}`.split(",").map(Number);
  return { shape, dtype: dtype as DType, batched: star === "*" };
}

function parseJson(text: string, fail: Fail): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return fail("broken JSON");
  }
}
