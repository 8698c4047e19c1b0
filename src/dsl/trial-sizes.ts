/** Sizes at which a layer of unknown axes can be built, to learn its weights: they do not depend on these sizes. */
import { E, type Either } from "../fp.js";
import type { Shape } from "../shape/shape.js";

type Rule = (inputs: readonly Shape[]) => Either<string, Shape>;

/** All unknown axes of one size, up to this: kernels, pads and croppings in one model are seldom larger. */
const largestSize = 1024;
/** Then every axis of its own size, up to this: strides in strict mode may ask for an even height and an odd width. */
const largestOfEach = 32;

/** The shapes with numbers in place of their unknown axes, such that the layer takes them; undefined where none is found. */
export const trialShapes = (rule: Rule, shapes: readonly Shape[]): readonly (readonly number[])[] | undefined => {
  const open = openAxes(shapes);
  for (const sizes of candidates(open.length)) {
    const tried = shapes.map((shape) =>
      shape.map((dim, axis) => dim ?? known(shapes, axis) ?? sizes(open.indexOf(axis))),
    );
    if (E.isRight(rule(tried))) return tried;
  }
  return undefined;
};

/** Another input's size on this axis: merges want the same. */
const known = (shapes: readonly Shape[], axis: number): number | undefined =>
  shapes.map((shape) => shape[axis] ?? undefined).find((dim) => dim !== undefined);

/** Axes that no input knows. */
const openAxes = (shapes: readonly Shape[]): readonly number[] => [
  ...new Set(
    shapes.flatMap((shape) =>
      shape.flatMap((dim, axis) => (dim === null && known(shapes, axis) === undefined ? [axis] : [])),
    ),
  ),
];

/** A size for each open axis, by its place among them. */
function* candidates(axes: number): Generator<(axis: number) => number, void> {
  for (let size = 1; size <= largestSize; size++) yield () => size;
  for (let count = 0; axes > 1 && count < largestOfEach ** axes; count++)
    yield (axis) => 1 + (Math.floor(count / largestOfEach ** axis) % largestOfEach);
}
