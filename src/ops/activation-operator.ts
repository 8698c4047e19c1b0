/** An activation is an operator that also says what it is by name: `activation: "elu"`, `activation({ name: "elu", alpha: 0.5 })`. */
import type { Attributes, Emit, Value } from "../compiler/ir/graph.js";
import type { ExprKind } from "../dsl/probabilities.js";
import { elementwise, type ElementwiseFacts } from "./elementwise.js";
import type { Operator } from "./operator.js";

export interface KerasActivation {
  readonly name?: string;
  readonly layer?: string;
}

/** What an activation says of itself; O are its options, Kind what it gives. */
export interface Inline<O = object, Kind extends ExprKind = ExprKind> {
  readonly gives: Kind;
  /** The options under Keras's names in camelCase, with their defaults. */
  readonly defaults: O;
  /** What Keras calls it where that is not its name in snake case, and its layer that takes the options. */
  readonly keras?: KerasActivation | undefined;
  /** The end of a sentence about options that it cannot use. A method: its parameters are bivariant. */
  problem?(options: O): string | undefined;
  emit(emit: Emit, x: Value, options: O): Value;
}

/** An operator with attributes A and, by name, the options O, which are the attributes where nothing else is said. */
export interface ActivationOperator<
  A extends Attributes = Record<never, never>,
  O = A,
  Kind extends ExprKind = "values",
> extends Operator<A> {
  readonly inline: Inline<O, Kind>;
}

/** An operator as an activation, used by name as `inline` says. */
export const activationOperator = <A extends Attributes, O, Kind extends ExprKind>(
  operator: Operator<A>,
  inline: Inline<O, Kind>,
): ActivationOperator<A, O, Kind> => ({ ...operator, inline });

interface ActivationFacts<A extends Attributes> extends Omit<ElementwiseFacts<A>, "arity" | "traits"> {
  /** The options and their defaults, which are its attributes: none where this is left out. */
  readonly defaults: A;
  readonly problem?: (options: A) => string | undefined;
  readonly keras?: KerasActivation;
}

/** An activation by element, from its formula. */
export const elementwiseActivation = <A extends Attributes>({
  defaults,
  problem,
  keras,
  ...facts
}: ActivationFacts<A>): ActivationOperator<A> =>
  activationOperator(elementwise<A>({ ...facts, arity: 1, traits: ["activation"] }), {
    gives: "values",
    defaults,
    ...(problem === undefined ? {} : { problem }),
    ...(keras === undefined ? {} : { keras }),
    emit: (emit, x, options) => emit(facts.name, [x], options),
  });
