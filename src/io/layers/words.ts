/** The words of the DSL, found in its own namespaces; how each is applied is told by what it is at run time. */
import { E, type Either } from "../../fp.js";
import type { AnyExpr } from "../../dsl/expr.js";
import { asFunction, isLayerFunction } from "../../dsl/layer.js";
import { takesOf } from "../../dsl/merge.js";
import * as operations from "../../dsl/operations.js";
import { isParam, nodeOfParam, parameter, tensor } from "../../dsl/param.js";
import type { Formula } from "../../formula/formula.js";
import * as layers from "../../ops/index.js";
import type { Argument } from "../../ops/layer.js";
import type { LayerCall } from "./layer-graph.js";

/** Applies a word, as a call says, to expressions; a sentence where it cannot. Parameters and constants count as expressions here. */
export type Application = (call: LayerCall, inputs: readonly AnyExpr[]) => Either<string, AnyExpr>;

/** The application of a word; undefined where the DSL has no such word. */
export const applicationOf = (word: string): Application | undefined => {
  const found = tensorFunction(word);
  if (found !== undefined) return applyFunction(found);
  const value = own(layers, word);
  if (takesOf(value) !== undefined) return merge;
  return typeof value === "function" ? (isLayerFunction(value) ? plainLayer(value) : optionsLayer(value)) : undefined;
};

/** Words that come from files are keys of nothing but these. */
const own = (words: object, word: string): unknown =>
  Object.hasOwn(words, word) ? Object.entries(words).find(([name]) => name === word)?.[1] : undefined;

// Functions of the DSL, called with data whose types nobody has checked: their rules look at all of it.
type Untyped = (...given: readonly unknown[]) => unknown;
const untyped = (value: unknown): Untyped | undefined =>
  // Sound: a function may be called with anything; what it throws or returns is looked at.
  typeof value === "function" ? (value as Untyped) : undefined;

/** Functions that give a tensor at once. */
const tensorFunction = (word: string): Untyped | undefined =>
  untyped(word.startsWith("ops.") ? own(operations, word.slice("ops.".length)) : own({ parameter, tensor }, word));

const wrong = (word: string, what: string): Either<string, never> => E.left(`${word.slice(0, 40)}: ${what}`);

const called = (word: string, make: () => unknown): Either<string, unknown> => {
  try {
    return E.right(make());
  } catch {
    // A function of the DSL trusts the types of its options, which nobody has checked here.
    return wrong(word, "its options are none that it takes: give them as the DSL's function has them");
  }
};

const isExpr = (value: unknown): value is AnyExpr =>
  typeof value === "object" && value !== null && "~node" in value && "shape" in value;
const asExpr = (word: string, value: unknown): Either<string, AnyExpr> =>
  isExpr(value) ? E.right(value) : wrong(word, "it gives no value of a model: check its options");

const countProblem = (word: string, inputs: readonly AnyExpr[]): string =>
  `${word}: it takes one input, and got ${inputs.length}: give it one`;
const noParameter = (word: string): string =>
  `${word}: it is given a tensor without a batch axis: give it an expression, or use ops`;

const onOne = (word: string, layer: unknown, inputs: readonly AnyExpr[]): Either<string, AnyExpr> => {
  const [x] = inputs;
  if (!isLayerFunction(layer)) return wrong(word, "it is no layer of these options: check them");
  if (x === undefined || inputs.length !== 1) return E.left(countProblem(word, inputs));
  return E.flatMap((y: unknown) => asExpr(word, y))(called(word, () => asFunction(layer)(x)));
};

const noOptions = ({ word, options }: LayerCall): string | undefined => {
  const [name] = Object.keys(options);
  return name === undefined ? undefined : `${word}: it has no options, and got ${name.slice(0, 40)}: leave it out`;
};

const expressionsOnly =
  (apply: Application): Application =>
  (call, inputs) =>
    call.arguments !== undefined
      ? wrong(call.word, "it is a layer of options, and arguments are given: give options")
      : inputs.some(isParam)
        ? E.left(noParameter(call.word))
        : apply(call, inputs);

/** A layer that is a value: `relu`. */
const plainLayer = (layer: unknown): Application =>
  expressionsOnly((call, inputs) => {
    const problem = noOptions(call);
    return problem === undefined ? onOne(call.word, layer, inputs) : E.left(problem);
  });

/** A layer that a function makes of options: `conv2d`. */
const optionsLayer = (make: unknown): Application =>
  expressionsOnly((call, inputs) =>
    E.flatMap((layer: unknown) => onOne(call.word, layer, inputs))(
      called(call.word, () => untyped(make)?.(call.options)),
    ),
  );

/** A merge: `add`, `concatenate`; one with options is a merge that another function makes of them, `addOf`. */
const merge: Application = expressionsOnly((call, inputs) => {
  const { word, options } = call;
  if (inputs.length === 0) return wrong(word, "it has no inputs: give it two or more");
  const plain = own(layers, word);
  const made = (): unknown => {
    if (takesOf(plain) === "list") return untyped(plain)?.(inputs, options);
    if (Object.keys(options).length === 0) return untyped(plain)?.(...inputs);
    return untyped(untyped(own(layers, `${word}Of`))?.(options))?.(...inputs);
  };
  return E.flatMap((y: unknown) => asExpr(word, y))(called(word, made));
});

/** The places of inputs that an argument reads. */
const inputsOf = (one: Argument): readonly number[] =>
  "input" in one ? [one.input] : "inputs" in one ? one.inputs : [];

/** A function of tensors: an operation, a parameter, a constant. */
const applyFunction =
  (f: Untyped): Application =>
  (call, inputs) => {
    const { word, arguments: given } = call;
    if (given === undefined) return wrong(word, "it is given no arguments: say what it is called with");
    const problem = noOptions(call);
    if (problem !== undefined) return E.left(problem);
    const stranger = given.flatMap(inputsOf).find((input) => inputs[input] === undefined);
    if (stranger !== undefined) return wrong(word, `it has ${inputs.length} inputs and an argument is none of them`);
    const made = (): unknown =>
      f(
        ...given.map((one) => {
          if ("input" in one) return inputs[one.input];
          if ("inputs" in one) return one.inputs.map((input) => inputs[input]);
          return "formula" in one ? (): Formula => one.formula : one.value;
        }),
      );
    return E.flatMap((y: unknown) => asExpr(word, nodeOf(y)))(called(word, made));
  };

const nodeOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "~param" in value && isExpr(value) ? nodeOfParam(value) : value;
