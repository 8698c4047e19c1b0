/** Products of matrices: an expression, or a weight, times a weight. */
import type { Value } from "../../compiler/ir/graph.js";
import { sizeOf } from "../../compiler/ir/type.js";
import { invariant } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Emit } from "../../compiler/ir/graph.js";
import type { Differ } from "../../shape/nat.js";
import { isPoisoned, type AsShape, type Shape, type ShapeError } from "../../shape/shape.js";
import { dimText, shapeText, type DimText, type ShapeText } from "../../shape/text.js";
import type { Guard, Key } from "../layer.js";
import type { Param } from "../param.js";
import { applyOperation, type AxesOf, type Tensor, type TensorLike } from "./operand.js";

const noMatrix = <W extends string>(w: W) =>
  `matMul: the weight [${w}] is no matrix: give it two axes, [inputs, outputs]` as const;
const noAxis = "matMul: the first factor has no axis to multiply along: give it one, as by reshape" as const;
const otherRows = <X extends string, N extends string, W extends string>(x: X, n: N, w: W) =>
  `matMul: [${x}] ends in ${n}, which the weight [${w}] does not begin with: give the weight ${n} rows` as const;

/** Types: [..., n] and [n, m] give [..., m], or the sentence. */
export type MatMulShape<X, W> =
  X extends ShapeError<string>
    ? X
    : W extends ShapeError<string>
      ? W
      : W extends readonly [infer Rows, infer Columns]
        ? X extends readonly [...infer Leading, infer N]
          ? Differ<N, Rows> extends true
            ? ShapeError<ReturnType<typeof otherRows<ShapeText<X>, DimText<N>, ShapeText<W>>>>
            : [...Leading, Columns]
          : X extends readonly []
            ? ShapeError<typeof noAxis>
            : X
        : W extends Shape
          ? number extends W["length"]
            ? X
            : ShapeError<ReturnType<typeof noMatrix<ShapeText<W>>>>
          : never;
/** Run-time twin of {@link MatMulShape}. */
const matMulShape = (x: Shape, w: Shape): Either<string, Shape> => {
  const error = [x, w].find(isPoisoned);
  if (error !== undefined) return E.left(error.error);
  const [rows, columns] = w;
  if (w.length !== 2 || rows === undefined || columns === undefined) return E.left(noMatrix(shapeText(w)));
  const inner = x.at(-1);
  if (inner === undefined) return E.left(noAxis);
  return inner !== null && inner !== rows
    ? E.left(otherRows(shapeText(x), dimText(inner), shapeText(w)))
    : E.right([...x.slice(0, -1), columns]);
};

/** {@link MatMulShape}, deferred while a shape is generic; see Out. */
interface MatMulOut<in out X, in out W> {
  out: AsShape<MatMulShape<X, W>>;
}

/** The graph's product is one of matrices: leading axes become rows, and axes again. */
const emitProduct = (emit: Emit, x: Value, w: Value): Value => {
  const { shape } = x.type;
  const [inner = 1] = shape.slice(-1);
  const leading = shape.slice(0, -1);
  const rows = leading.length === 1 ? x : emit("reshape", [x], { shape: [sizeOf(leading), inner] });
  const product = emit("matMul", [rows, w], { transposeA: false, transposeB: false });
  return leading.length === 1 ? product : emit("reshape", [product], { shape: [...leading, w.type.shape[1] ?? 1] });
};

/**
 * The product x · w along the last axis of x; the low-level form of `dense` without its bias.
 *
 * Shape   [..., n], [n, m] -> [..., m].
 * Params  none of its own: w is a `parameter`, a `tensor`, or computed from these.
 * Cost    2 m FLOP for each element of x.
 * Errors  a weight that is no matrix, or whose rows are not the last axis of x.
 * Source  NumPy's matmul with a matrix as second factor.
 *
 * @example
 * const logits = matMul(input([784]), parameter([784, 10])) // Expr<[10]>
 */
export function matMul<X extends Tensor, W extends Shape>(
  x: X,
  w: Param<W> & Guard<MatMulOut<AxesOf<X>, W>[Key<[AxesOf<X>, W]>]>,
): TensorLike<X, MatMulOut<AxesOf<X>, W>[Key<[AxesOf<X>, W]>]> {
  const product = applyOperation(
    {
      name: "matMul",
      rule: ([a = [], b = []]) => matMulShape(a, b),
      build: ({ emit }, [a, b]) => {
        invariant(a !== undefined && b !== undefined, "matMul has two factors");
        return emitProduct(emit, a, b);
      },
    },
    [x, w],
  );
  // Sound: matMulShape is the run-time twin of MatMulShape.
  return product as TensorLike<X, MatMulOut<AxesOf<X>, W>[Key<[AxesOf<X>, W]>]>;
}
