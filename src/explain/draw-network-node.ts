/**
 * A network as a picture in the style of the papers. Boxes are laid out in ranks by Sugiyama's method (Gansner et al. 1993,
 * "A technique for drawing directed graphs"), as dagre has it.
 */
import { Graph, layout } from "@dagrejs/dagre";
import { formatShape } from "../core/shape.ts";
import { summary } from "../models/summary/summary.ts";
import { listInputs, type NetworkInputs } from "../nn/initialize.ts";
import type { AnyModule } from "../nn/module.ts";
import { type Box, networkGraph } from "./network-graph.ts";
import { networkSvg, type PlacedBox, type Point, sizeOfBox } from "./network-svg.ts";

export interface DrawNetworkOptions {
  /** Above the picture; the network's kind by default. */
  readonly title?: string;
  /** Opens modules down to this depth, 1 shows the parts of the network, Infinity all layers; by default blocks are closed. */
  readonly depth?: number;
  /** From left to right; downwards by default. */
  readonly horizontal?: boolean;
}

/** An SVG document; `inputs` is the shape of one example, C×H×W, or several inputs. Nothing is allocated or run. */
export function drawNetwork(
  net: AnyModule,
  inputs: NetworkInputs,
  { title = net.kind, depth, horizontal = false }: DrawNetworkOptions = {},
): string {
  const { parameters, macs } = summary(net, inputs);
  const shapes = listInputs(inputs)
    .map(({ shape }) => formatShape(shape))
    .join(", ");
  const subtitle =
    `input ${shapes} · ${rounded(parameters)} parameters · ` + `${rounded(macs)} multiply-adds`;
  const { boxes, arrows } = networkGraph(net, inputs, { depth });
  const numbers = new Map(boxes.map((box, i) => [box, String(i)]));
  const graph = new Graph();
  graph.setGraph({ rankdir: horizontal ? "LR" : "TB", ranksep: 30, nodesep: 26, edgesep: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [box, number] of numbers) graph.setNode(number, sizeOfBox(box));
  const numberOf = (box: Box) => numbers.get(box) as string;
  for (const { from, to } of arrows) graph.setEdge(numberOf(from), numberOf(to));
  layout(graph);
  const placed = boxes.map((box): PlacedBox => {
    const { x, y, width, height } = graph.node(numberOf(box)) as Omit<PlacedBox, "box">;
    return { box, x, y, width, height };
  });
  const bends = arrows.map(({ from, to }): Point[] => {
    const { points } = graph.edge(numberOf(from), numberOf(to)) as { points: Point[] };
    return points;
  });
  return networkSvg({ boxes: placed, arrows: bends, horizontal }, { title, subtitle });
}

/** 25.6 M, 4.09 G */
function rounded(value: number): string {
  const units = ["", " k", " M", " G", " T"];
  const power = value < 1 ? 0 : Math.min(4, Math.floor(Math.log10(value) / 3));
  return `${Number((value / 1000 ** power).toPrecision(3))}${units[power]}`;
}
