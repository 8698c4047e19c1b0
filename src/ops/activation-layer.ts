/** What the activations that are layer values share: a name, which is their operator's too, and nothing else. */
import { defineLayer, type AnyLayer } from "../dsl/layer.js";
import type { ExprKind } from "../dsl/probabilities.js";
import { invariant } from "../errors.js";
import { E, type Either } from "../fp.js";
import { isPoisoned, type Shape, type ShapeError } from "../shape/shape.js";
import type { Inline } from "./activation-operator.js";

type Rule = (shape: Shape) => Either<string, Shape>;

const keepsShape: Rule = (shape) => E.right(shape);

/** The layer of an activation by element, or with a rule of its own. */
export const activationLayer = <L extends AnyLayer>(
  { name, inline }: { readonly name: string; readonly inline: Inline<object, ExprKind> },
  rule: Rule = keepsShape,
): L =>
  defineLayer(
    {
      name,
      options: {},
      rule: ([shape = []]) => rule(shape),
      build: ({ emit }, [x]) => {
        invariant(x, `${name} has one input`);
        return inline.emit(emit, x, inline.defaults);
      },
    },
    inline.gives,
  );

const noLastAxis = <Name extends string>(name: Name) =>
  `${name}: it works over the last axis, and the input has none: give it an input of rank 1 or more` as const;

/** Types: the shape of an activation over the last axis, or the sentence. */
export type LastAxisShape<Name extends string, S> = S extends readonly []
  ? ShapeError<ReturnType<typeof noLastAxis<Name>>>
  : S;
/** Run-time twin of {@link LastAxisShape}. */
export const lastAxisShape =
  (name: string): Rule =>
  (shape) =>
    shape.length === 0 && !isPoisoned(shape) ? E.left(noLastAxis(name)) : E.right(shape);
