/** A model whose input had unknown axes, for examples of one size. */
import type { InputShapes } from "../dsl/with-input-shape.js";
import { withInputShape } from "../dsl/with-input-shape.js";
import type { Model } from "../dsl/model.js";
import { isPoisoned } from "../shape/shape.js";
import { isArray } from "../run/named-arrays.js";
import type { Examples } from "./examples.js";

/**
 * The same model at the size of the examples' inputs, as `withInputShape` makes it; one of known size is its own. A trainer
 * needs every size, so that `svertka fit`, `evaluate` and `train` begin with this.
 *
 * Shape   unknown axes become those of `x`, or of the array of their input's name.
 * Errors  inputs of another rank, or that a layer does not take: said when the model is compiled.
 *
 * @example
 * const net = model(input([null, null, 3]), sequential(conv2d({ filters: 8, kernelSize: 3 }), globalAvgPool2d))
 * const x = f32([4, 16, 12, 3], new Float32Array(4 * 16 * 12 * 3))
 * const sized = withDataShape(net, { x }) // for pictures of 16x12
 */
export const withDataShape = <M extends Model<unknown, unknown>>(net: M, { x }: Pick<Examples, "x">): M => {
  const open = Object.entries(net["~model"].inputs).filter(
    ([, { shape }]) => !isPoisoned(shape) && shape.includes(null),
  );
  const shapes: InputShapes = Object.fromEntries(
    open.flatMap(([name]) => {
      const array = isArray(x) ? x : x[name];
      return array === undefined ? [] : [[name, array.shape.slice(1)]];
    }),
  );
  return Object.keys(shapes).length === 0 ? net : withInputShape(net, shapes);
};
