/** What spatial dropouts share: whole channels are dropped. */
import type { LayerSpec } from "./layer.js";
import { invariant } from "../errors.js";
import { ge, mul, select, x0, x1 } from "../formula/formula.js";
import { E, type Either } from "../fp.js";
import { f32 } from "../compiler/ir/type.js";
import { rateProblem } from "../shape/rate.js";
import type { Shape } from "../shape/shape.js";

/** The layer `name`; `rule` asks for its number of axes. */
export const spatialDropoutLayer = (
  name: string,
  options: { readonly rate: number },
  rule: (layer: string, shape: Shape | undefined) => Either<string, Shape>,
): LayerSpec => ({
  name,
  options,
  rule: ([shape]) => {
    const fits = rule(name, shape);
    const problem = rateProblem(name, options.rate);
    return E.isLeft(fits) || problem === undefined ? fits : E.left(problem);
  },
  build: ({ mode, emit, uniform }, [x]) => {
    invariant(x, `${name} has one input`);
    const { rate } = options;
    if (mode === "inference" || rate === 0) return x;
    const { shape } = x.type;
    // One number for each channel of each example.
    const perChannel = f32(...shape.map((dim, axis) => (axis === 0 || axis === shape.length - 1 ? dim : 1)));
    return emit("elementwise", [x, uniform({ type: perChannel })], {
      formula: select(ge(x1, rate), mul(x0, 1 / (1 - rate)), 0),
    });
  },
});
