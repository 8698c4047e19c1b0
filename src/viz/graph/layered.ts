/** A layered layout (Sugiyama, Tagawa & Toda 1981) of boxes and arrows, from top to bottom, by dagre. */
import dagre from "@dagrejs/dagre";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What of dagre is used, as its documentation has it: its declarations name files without their endings, so Node finds none. */
interface DagreGraph {
  readonly setGraph: (options: Readonly<Record<string, unknown>>) => unknown;
  readonly setNode: (id: string, size: object) => unknown;
  readonly setEdge: (from: string, to: string, label: object) => unknown;
  readonly graph: () => Partial<Size>;
  /** Its middle. */
  readonly node: (id: string) => Point;
  readonly edge: (from: string, to: string) => { readonly points: readonly Point[] } & Partial<Point>;
}
interface Dagre {
  readonly graphlib: { readonly Graph: new () => DagreGraph };
  readonly layout: (graph: DagreGraph) => unknown;
}
const typed: Dagre = dagre;

export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** Room for what stands at it. */
  readonly label: Size;
}

export interface LaidOut extends Size {
  /** The middle of a box. */
  readonly at: (id: string) => Point;
  readonly arrows: readonly { readonly arrow: Arrow; readonly points: readonly Point[]; readonly label: Point }[];
}

export const layered = (boxes: ReadonlyMap<string, Size>, arrows: readonly Arrow[]): LaidOut => {
  const graph = new typed.graphlib.Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 22, ranksep: 30, edgesep: 14, marginx: 0, marginy: 0 });
  // dagre writes places into what it is given.
  for (const [id, size] of boxes) graph.setNode(id, { ...size });
  for (const { from, to, label } of arrows) graph.setEdge(from, to, { ...label, labelpos: "r" });
  typed.layout(graph);
  const { height = 0 } = graph.graph();
  const laid = arrows.map((arrow) => {
    const { points, x = 0, y = 0 } = graph.edge(arrow.from, arrow.to);
    return { arrow, points, label: { x, y } };
  });
  // dagre's own width leaves out how far arrows bend.
  const ends = [
    ...[...boxes].flatMap(([id, size]) => [graph.node(id).x - size.width / 2, graph.node(id).x + size.width / 2]),
    ...laid.flatMap(({ points, label, arrow }) => [
      ...points.map(({ x }) => x),
      label.x - arrow.label.width / 2,
      label.x + arrow.label.width / 2,
    ]),
  ];
  const left = ends.reduce((low, x) => Math.min(low, x), Infinity);
  const right = ends.reduce((high, x) => Math.max(high, x), -Infinity);
  const moved = ({ x, y }: Point): Point => ({ x: x - left, y });
  return {
    width: right - left,
    height,
    at: (id) => moved(graph.node(id)),
    arrows: laid.map(({ arrow, points, label }) => ({ arrow, points: points.map(moved), label: moved(label) })),
  };
};
