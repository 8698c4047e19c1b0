/** Other ways to write a net than one pipe: lambdas, generic helpers, loops, wide sizes, layers of one's own, models. */
import {
  add,
  chain,
  concatenate,
  conv2d,
  dense,
  flatten,
  flow,
  input,
  maxPool2d,
  model,
  multiply,
  named,
  pipe,
  relu,
  residual,
  residualOf,
  sequential,
  share,
  sigmoid,
  softmax,
  zeroPadding2d,
  type Expr,
  type Holds,
  type Layer,
  type Model,
  type Probabilities,
  type Same,
  type Sequential,
  type Dense,
  type Softmax,
  type Shape,
  type ShapeError,
  type ShapeOf,
} from "../vocabulary.js";

// A sequential in a sequential, a residual around one, generic in its filters.
const nested = sequential(
  sequential(conv2d({ filters: 8, kernelSize: 3 }), relu),
  sequential(conv2d({ filters: 9, kernelSize: 3 }), relu),
);
const inner = pipe(input([32, 32, 3]), nested);
const block = <F extends number>(filters: F) => residual(conv2d({ filters, kernelSize: 3, padding: "same" }), relu);
const blocks = pipe(input([32, 32, 16]), block(16), block(16));
const blockOf = <F extends number>(filters: F) =>
  residualOf(flow(conv2d({ filters, kernelSize: 3, padding: "same" }), relu));
const blocksOf = pipe(input([32, 32, 16]), blockOf(16), blockOf(16));
export type Blocks = [
  Holds<Same<typeof inner, Expr<[28, 28, 9]>>>,
  Holds<Same<typeof blocks, Expr<[32, 32, 16]>>>,
  Holds<Same<typeof blocksOf, Expr<[32, 32, 16]>>>,
];

// Lambdas and generic functions.
const lambda = pipe(input([8, 8, 3]), (x) => concatenate([x, pipe(x, conv2d({ filters: 3, kernelSize: 1 }))]), relu);
const twice = <S extends Shape>(x: Expr<S>) => concatenate([x, x]);
const doubled = twice(input([4, 4, 3]));
const stacked = concatenate([input([4, 4, 3]), input([2, 4, 3])], { axis: 1 });
const gated = multiply(input([14, 14, 64]), input([1, 1, 64]));
export type Functions = [
  Holds<Same<typeof lambda, Expr<[8, 8, 6]>>>,
  Holds<Same<typeof doubled, Expr<[4, 4, 6]>>>,
  Holds<Same<typeof stacked, Expr<[6, 4, 3]>>>,
  Holds<Same<typeof gated, Expr<[14, 14, 64]>>>,
];

// A loop gives the static shape up; the run time still checks.
let value: Expr<Shape> = input([64, 64, 3]);
for (let i = 0; i < 4; i++) value = pipe(value, conv2d({ filters: 8 * (i + 1), kernelSize: 3 }), maxPool2d());
export const looped = value;

// Unknown and wide sizes.
const wide: number = Number("128");
const anySize = pipe(input([null, null, 3]), conv2d({ filters: 8, kernelSize: 3 }), maxPool2d());
const met = add(anySize, input([14, 14, 8]));
const configured = pipe(input([28, 28, 1]), flatten, dense({ units: wide }));
const wideAxis = pipe(input([wide, 28, 1]), conv2d({ filters: 8, kernelSize: 3 }));
const widePadding = pipe(
  input([28, 28, 1]),
  zeroPadding2d({
    padding: [
      [wide, 1],
      [0, 2],
    ],
  }),
);
export type Gradual = [
  Holds<Same<typeof anySize, Expr<[null, null, 8]>>>,
  Holds<Same<typeof met, Expr<[14, 14, 8]>>>,
  Holds<Same<typeof configured, Expr<[number]>>>,
  Holds<Same<typeof wideAxis, Expr<[number, 26, 8]>>>,
  Holds<Same<typeof widePadding, Expr<[number, 30, 1]>>>,
];

// A layer of one's own is an interface.
interface Shuffle<R extends number> extends Layer {
  readonly "~out": this["~in"] extends readonly [infer H, infer W, infer C]
    ? [H, W, C]
    : ShapeError<"shuffle: expected a 3-D input">;
  readonly groups: R;
}
declare const shuffle: <R extends number>(groups: R) => Shuffle<R>;
export const shuffled = (): Expr<[8, 8, 4]> => pipe(input([8, 8, 4]), shuffle(2));

// Scopes and sharing, of layers and of functions.
const stem = named("stem", sequential(conv2d({ filters: 8, kernelSize: 3 }), relu));
const tower = share(sequential(conv2d({ filters: 8, kernelSize: 3 }), maxPool2d()));
const head = named("head", flow(flatten, dense({ units: 2 }), softmax));
const towers = add(tower(input([10, 10, 3])), tower(input([10, 10, 3])));
const scoped = pipe(input([10, 10, 3]), stem, tower, head);
const shared = pipe(input([10, 10, 3]), share(flow(relu, flatten)));
export type Scopes = [
  Holds<Same<typeof towers, Expr<[4, 4, 8]>>>,
  Holds<Same<typeof scoped, Probabilities<[2]>>>,
  Holds<Same<typeof shared, Expr<[300]>>>,
];

// Probabilities, by a value, an inline activation, the last layer of a block; they are expressions, too.
const probable = pipe(input([4]), sequential(dense({ units: 3 }), softmax));
const chained = chain(input([4]), dense({ units: 1 }), sigmoid);
const notAnyMore = pipe(probable, relu);
export const asExpression: Expr<[3]> = probable;
export type Kinds = [
  Holds<Same<typeof probable, Probabilities<[3]>>>,
  Holds<Same<typeof chained, Probabilities<[1]>>>,
  Holds<Same<typeof notAnyMore, Expr<[3]>>>,
];

// Models.
const left = input([4]);
const right = input([4]);
const two = model({ inputs: { left, right }, outputs: { sum: add(left, right), left: softmax(left) } });
const layered = model(input([4]), sequential(dense({ units: 3 }), softmax));
const one = model(add(left, right));
export type Models = [
  Holds<Same<typeof two, Model<{ left: Expr<[4]>; right: Expr<[4]> }, { sum: Expr<[4]>; left: Probabilities<[4]> }>>>,
  Holds<Same<typeof layered, Model<Expr<[4]>, Probabilities<[3]>, Sequential<[Dense<3>, Softmax]>>>>,
  Holds<Same<typeof one, Model<unknown, Expr<[4]>>>>,
  Holds<Same<ShapeOf<typeof layered>, [3]>>,
  Holds<Same<ShapeOf<typeof two>, { sum: [4]; left: [4] }>>,
  Holds<Same<ShapeOf<typeof towers>, [4, 4, 8]>>,
];
