/** Tensors without a batch axis: weights that a user declares, constants, and what is computed from these alone. */
import { invariant } from "../errors.js";
import { E, pipe, type Either } from "../fp.js";
import { glorotUniform, type Initializer } from "../ops/initializers.js";
import type { LayerSpec, ParameterOptions } from "../ops/layer.js";
import { isPoisoned, poisoned, type Shape, type ShapeError } from "../shape/shape.js";
import { allSizes, type BadSizes } from "../shape/size.js";
import { optionText, shapeText, type ShapeText } from "../shape/text.js";
import type { AnyExpr, ExprNode } from "./expr.js";
import type { Mutable } from "./input.js";
import type { Guard } from "./layer.js";

/**
 * A tensor of a model that is the same for all examples, by its whole shape. It is no expression: a layer refuses it, and
 * an operation knows that it has no batch axis.
 */
export interface Param<out S> {
  readonly shape: S;
  /** Tells it from an expression. */
  readonly "~param": true;
}

/** Tensors whose shape is not known statically. */
export type AnyParam = Param<Shape>;

export const makeParam = <S>(shape: S, node: ExprNode): Param<S> => {
  const made: Param<S> & { readonly "~node": ExprNode } = { shape, "~param": true, "~node": node };
  return made;
};

/** Whether the value has no batch axis. */
export const isParam = (value: AnyExpr | AnyParam): value is AnyParam => "~param" in value;

/** A tensor as the walks see it: a node like others. */
export const nodeOfParam = (param: AnyParam | AnyExpr): AnyExpr =>
  // Sound: every Param is made by makeParam, which gives it a node.
  param as unknown as AnyExpr;

/** How a weight begins, and what training does with it. */
export interface ParamOptions extends Omit<ParameterOptions, "initializer"> {
  /** The last part of its path: `gamma` in `layerScale/gamma`. By default `parameter`, `parameter_1`, …. */
  readonly name?: string | undefined;
  /** Glorot uniform when not given. */
  readonly initializer?: Initializer | undefined;
}

const noWeightShape = <Text extends string>(text: Text) =>
  `parameter: [${text}] is no shape of a weight: give whole numbers from 1 to 999999999; an axis that it depends on must be known in input(...)` as const;

/** Types: the shape itself, or the sentence. */
type ParamShape<S> =
  S extends ShapeError<string>
    ? S
    : HasUnknown<S> extends true
      ? NoWeightShape<S>
      : [BadSizes<S, 1>] extends [never]
        ? S
        : NoWeightShape<S>;
type NoWeightShape<S> = ShapeError<ReturnType<typeof noWeightShape<ShapeText<S>>>>;
/** Whether an axis is known to be unknown; one that may be is for the run time to judge. */
type HasUnknown<S> = S extends readonly [infer Head, ...infer Rest]
  ? [Head] extends [null]
    ? true
    : HasUnknown<Rest>
  : false;
const noName = (name: unknown): string =>
  `parameter: ${optionText(name).slice(0, 40)} cannot name a weight: use a name that is not empty and has neither "/" nor ":"`;
/** Whether a text can be one step of a path. */
export const isPathPart = (name: unknown): name is string =>
  typeof name === "string" && name !== "" && !/[/:]/.test(name);

/** Run-time twin of {@link ParamShape}; files are run without a type check, so the name is looked at, too. */
const paramShape = (name: string, shape: Shape): Shape => {
  if (isPoisoned(shape)) return shape;
  if (!isPathPart(name)) return poisoned(noName(name));
  return Array.isArray(shape) && allSizes(shape, 1) && shape.every((size) => typeof size === "number")
    ? [...shape]
    : poisoned(noWeightShape(Array.isArray(shape) ? shapeText(shape) : optionText(shape)));
};

/**
 * A weight of a model, as an expression can read it: for the low-level style, and for layers made by `compose`. One call
 * is one weight, however often it is read; it is named in the innermost `named`, `compose` or `share` that holds all its uses.
 *
 * Shape   the shape itself; there is no batch axis.
 * Params  one, with the name and initialiser of the options; Glorot uniform where none is given.
 * Errors  an axis that is no size, or unknown; an initialiser that does not fit; a name twice in one scope.
 * Source  TensorFlow's Variable; `self.param` of flax, `add_weight` of Keras.
 *
 * @example
 * const kernel = parameter([3, 3, 3, 8], { name: "kernel", initializer: heNormal }) // Param<[3, 3, 3, 8]>
 */
export function parameter<const S extends Shape>(
  shape: S & Guard<ParamShape<S>>,
  options: ParamOptions = {},
): Param<Mutable<S>> {
  const { name = "parameter", initializer = glorotUniform, ...rest } = options;
  const own = paramShape(name, shape);
  const layer: LayerSpec = {
    name,
    options,
    written: { word: "parameter", arguments: [{ value: shape }, { value: options }] },
    rule: () => (isPoisoned(own) ? E.left(own.error) : E.right(own)),
    build: (builder) => builder.parameter("", own.map(Number), { ...rest, initializer }),
  };
  // Sound: paramShape copies the axes, or poisons a shape that Guard refuses.
  return makeParam(own, { kind: "layer", layer, inputs: [] }) as Param<Mutable<S>>;
}

/** Numbers in nested lists, as deep as there are axes. */
export type Nested = number | readonly Nested[];

/** The shape of nested lists. */
export type NestedShape<T> = T extends readonly [infer Head, ...unknown[]]
  ? [T["length"], ...NestedShape<Head>]
  : T extends readonly unknown[]
    ? number[]
    : [];

const shapeOfNested = (values: Nested): readonly number[] =>
  typeof values === "number" ? [] : [values.length, ...(values[0] === undefined ? [] : shapeOfNested(values[0]))];

const flatNumbers = (values: Nested): readonly number[] =>
  typeof values === "number" ? [values] : values.flatMap(flatNumbers);

/** Array.isArray would make the items `any`. */
const isNestedList = (values: Nested): values is readonly Nested[] => Array.isArray(values);

const isFilled = (values: Nested, [size, ...rest]: readonly number[]): boolean =>
  size === undefined
    ? typeof values === "number"
    : isNestedList(values) && values.length === size && values.every((item) => isFilled(item, rest));

/** The numbers and their shape, or why they are no tensor. */
const readNested = (values: Nested): Either<string, { shape: readonly number[]; numbers: readonly number[] }> => {
  const shape = shapeOfNested(values);
  const numbers = flatNumbers(values);
  if (!isFilled(values, shape) || numbers.length === 0)
    return E.left("tensor: its lists differ in length, or hold none: give lists of one length in each axis");
  const bad = numbers.findIndex((value) => !Number.isFinite(value));
  return bad < 0
    ? E.right({ shape, numbers })
    : E.left(`tensor: number ${bad} of it is ${String(numbers[bad])}: give finite numbers`);
};

/**
 * A constant tensor: a hand-made kernel, a table.
 *
 * Shape   that of the nested lists.
 * Params  none: training does not change it, and no file holds it as a weight.
 * Errors  lists of different lengths; numbers that are not finite.
 * Source  TensorFlow's constant; TensorFlow.js's tensor.
 *
 * @example
 * const edges = tensor([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]) // Param<[3, 3]>
 */
export function tensor<const T extends Nested>(values: T): Param<NestedShape<T>> {
  const read = readNested(values);
  const layer: LayerSpec = {
    name: "tensor",
    options: {},
    written: { word: "tensor", arguments: [{ value: values }] },
    rule: () =>
      pipe(
        read,
        E.map(({ shape }) => shape),
      ),
    build: ({ emit }) => {
      invariant(E.isRight(read), "the rule has refused other lists");
      const { shape, numbers } = read.right;
      return emit("constant", [], { dtype: "f32", shape, value: shape.length === 0 ? (numbers[0] ?? 0) : numbers });
    },
  };
  const shape = E.isRight(read) ? read.right.shape : poisoned(read.left);
  // Sound: readNested has found that all lists are as long as the first of their depth, which is what the type reads.
  return makeParam(shape, { kind: "layer", layer, inputs: [] }) as Param<NestedShape<T>>;
}
