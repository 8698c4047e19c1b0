/** A shape given for a model's input: it must agree with the one that the model was written with. */
import type { Shape } from "./shape.js";
import { shapeText, type ShapeText } from "./text.js";

const misfit = <Given extends string, Needed extends string>(given: Given, needed: Needed) =>
  `input: the shape ${given} is given for an input of shape ${needed}: give the axes that are numbers there as they are` as const;

/** The sentence where a given shape does not agree with the needed one; `unknown` where it does, or only the run time knows. */
export type GivenInputProblem<Given, Needed> = Needed extends Shape
  ? number extends (Given & Shape)["length"] | Needed["length"]
    ? unknown
    : Agrees<Given, Needed> extends true
      ? unknown
      : ReturnType<typeof misfit<ShapeText<Given>, ShapeText<Needed>>>
  : unknown;

/** Whether known axes are the same, as far as types know them. */
export type Agrees<Given, Needed> = Given extends readonly [infer G, ...infer Gs]
  ? Needed extends readonly [infer N, ...infer Ns]
    ? AxisAgrees<G, N> extends true
      ? Agrees<Gs, Ns>
      : false
    : false
  : Needed extends readonly []
    ? true
    : false;
type AxisAgrees<G, N> = [N] extends [null]
  ? true
  : number extends G | N
    ? [G] extends [number]
      ? true
      : false
    : [G] extends [N]
      ? true
      : false;

export const givenInputProblem = (given: Shape, needed: Shape): string | undefined =>
  given.length === needed.length && needed.every((dim, axis) => dim === null || dim === given[axis])
    ? undefined
    : misfit(shapeText(given), shapeText(needed));
