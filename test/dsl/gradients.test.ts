/** Gradients of composed layers, of nets with explicit parameters and of users' operators: finite differences in float64. */
import { expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.js";
import { appendGradient } from "../../src/compiler/autodiff/gradient.js";
import type { Graph, Value } from "../../src/compiler/ir/graph.js";
import { toGraph } from "../../src/dsl/to-graph.js";
import { orReject, orThrow } from "../../src/errors.js";
import {
  activation,
  biasAdd,
  compose,
  conv2d,
  conv2dOp,
  dense,
  flatten,
  input,
  matMul,
  maxPool2d,
  model,
  named,
  operators,
  ops,
  parameter,
  pipe,
  share,
  type Expr,
  type Model,
} from "../../src/index.js";
import { applyOperator, elementwise, f, operatorLayer } from "../../src/operator/index.js";
import { elementError } from "../support/element-error.js";
import { randomInput } from "../support/random-inputs.js";
import { relativeError, type Numbered } from "../support/run-graph.js";
import { runNamed } from "../support/run-named.js";
import { runningSum } from "../support/running-sum.js";

const batch = 2;
const step = 1e-5;

/** An attention of channels, with the composed layer in it twice, shared. */
const scale = compose("scale", <H extends number, W extends number, C extends number>(x: Expr<[H, W, C]>) =>
  ops.divide(
    ops.multiply(x, parameter([x.shape[2]], { name: "gamma" })),
    ops.sqrt(ops.add(ops.reduceMean(ops.square(x), { axes: [1, 2, 3], keepDims: true }), 0.5)),
  ),
);
const shared = share(scale);
const composed = model(
  pipe(
    input([5, 4, 2]),
    compose("gated", (image: Expr<[5, 4, 2]>) =>
      ops.multiply(
        conv2d({ filters: 3, kernelSize: 3, padding: "same" })(image),
        ops.sigmoid(conv2d({ filters: 3, kernelSize: [1, 2], padding: "same" })(image)),
      ),
    ),
    shared,
    activation({ name: "celu", alpha: 0.5 }),
    shared,
    named("head", scale),
    flatten,
    dense({ units: 3 }),
  ),
);

/** The lessons' bare convnet: every weight is written, one kernel is read twice, and one is computed from two others. */
const kernel = parameter([3, 3, 2, 4], { name: "w1" });
const image = input([6, 5, 2]);
const once = conv2dOp(image, kernel, { padding: 1 });
const again = conv2dOp(ops.tanh(image), kernel, { padding: 1 });
const hidden = maxPool2d()(ops.relu(biasAdd(ops.add(once, ops.multiply(again, 0.3)), parameter([4], { name: "b1" }))));
const strided = conv2dOp(hidden, parameter([2, 2, 4, 3], { name: "w2" }), { strides: [1, 2], padding: "same" });
const lowRank = matMul(parameter([9, 2], { name: "u" }), parameter([2, 4], { name: "v" }));
const explicit = model(matMul(flatten(strided), lowRank));

const bump = elementwise({ name: "bump", arity: 1, formula: () => f.div(f.x0, f.add(1, f.mul(f.x0, f.x0))) });
const own = model(
  pipe(input([5]), dense({ units: 4 }), operatorLayer(bump), dense({ units: 2 }), (y) =>
    applyOperator<[2]>(runningSum, [y]),
  ),
);

interface Differentiated {
  /** The loss Σ w ⊙ output, and its gradients by input and weight. */
  readonly graph: Graph;
  readonly forward: Graph;
  readonly feeds: ReadonlyMap<string, Numbered>;
  readonly names: readonly string[];
}

const differentiated = (net: Model<unknown, unknown>): Differentiated => {
  const { builder, inputs, outputs, weights } = orThrow(
    toGraph(net["~model"], { registry: operators, mode: "training", seed: 0 }),
  );
  const [output] = outputs;
  if (output === undefined) throw new Error("a model has an output");
  const { shape } = output.value.type;
  const slopes = builder.emit("input", [], { name: "slopes", dtype: "f32", shape });
  const loss = builder.emit("reduceSum", [builder.emit("multiply", [output.value, slopes])], {
    axes: shape.map((_, axis) => axis),
    keepDims: false,
  });
  const result = { kind: "result" as const, name: "loss", value: loss.id };
  const forward = builder.finish([result]);
  const moved = [...inputs, ...weights];
  const gradients = appendGradient({
    nodes: forward.nodes.slice(),
    builder,
    registry: operators,
    loss,
    wrt: moved.map(({ value }) => value),
  });
  const byName = gradients.map((gradient, i) => ({
    kind: "result" as const,
    name: `d ${moved[i]?.name}`,
    value: gradient?.id ?? -1,
  }));
  const numbers = ({ type }: Value, seed: number): Numbered =>
    randomInput({ ...type, shape: type.shape.map((dim) => (dim === "n" ? batch : dim)) }, undefined, seed);
  const feeds = new Map(moved.map(({ name, value }, i) => [name, numbers(value, i + 1)]));
  return {
    graph: builder.finish([result, ...byName]),
    forward,
    feeds: new Map([...feeds, ["slopes", numbers(slopes, 99)]]),
    names: moved.map(({ name }) => name),
  };
};

test.each([
  ["a composed layer", composed, 9],
  ["explicit parameters", explicit, 6],
  ["operators of one's own", own, 5],
] as const)("%s: by every input and weight", async (_, net, tensors) => {
  const device = await orReject(reference.load);
  const { graph, forward, feeds, names } = differentiated(net);
  expect(names).toHaveLength(tensors);
  const inFloat64 = new Map(
    [...feeds].map(([name, { shape, data }]) => [
      name,
      { dtype: "f32" as const, shape, data: Float64Array.from(data) },
    ]),
  );
  const results = await runNamed(graph, device, { batch, feeds: inFloat64 });
  for (const name of names) {
    const tensor = inFloat64.get(name);
    const got = results.get(`d ${name}`) ?? new Float64Array();
    const lossAt = async (place: number, change: number): Promise<number> => {
      const data = Float64Array.from(tensor?.data ?? []);
      data[place] = (data[place] ?? 0) + change;
      const moved = new Map([...inFloat64, [name, { dtype: "f32" as const, shape: tensor?.shape ?? [], data }]]);
      return (await runNamed(forward, device, { batch, feeds: moved })).get("loss")?.[0] ?? Number.NaN;
    };
    const numeric: number[] = [];
    for (let place = 0; place < (tensor?.data.length ?? 0); place++)
      numeric.push(((await lossAt(place, step)) - (await lossAt(place, -step))) / (2 * step));
    expect(
      numeric.some((slope) => Math.abs(slope) > 1e-3),
      name,
    ).toBe(true);
    expect(relativeError(got, numeric), name).toBeLessThan(1e-6);
    expect(elementError(got, numeric), name).toBeLessThan(1e-6);
  }
  expect(device.memory().buffers).toBe(0);
});
