/** The two orders of axes: channels last, as everywhere in svertka, and channels first, as ONNX's image operators want them. */

export type Layout = "last" | "first";

/** From three axes on the two differ: batch, channels, then what lies between. */
export const inLayout = <A>(layout: Layout, axes: readonly A[]): readonly A[] =>
  layout === "last" || axes.length < 3 ? axes : [...axes.slice(0, 1), ...axes.slice(-1), ...axes.slice(1, -1)];

export const axesOf = (rank: number): readonly number[] => Array.from({ length: rank }, (_, axis) => axis);

/** Where an axis is in a layout. */
export const axisIn = (layout: Layout, axis: number, rank: number): number =>
  inLayout(layout, axesOf(rank)).indexOf(axis);

/** The layout that this order of (original) axes is, if it is one. */
export const layoutOf = (order: readonly number[]): Layout | undefined => {
  const sorted = order.toSorted((a, b) => a - b);
  return (["last", "first"] as const).find((layout) => inLayout(layout, sorted).every((axis, i) => axis === order[i]));
};
