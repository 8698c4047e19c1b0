/** What an application of a layer does, as a text: two that do the same have the same text. */
import { graphBuilder } from "../../compiler/ir/builder.js";
import type { Value } from "../../compiler/ir/graph.js";
import { nodeText } from "../../compiler/ir/text.js";
import { makeExpr, type AnyExpr } from "../../dsl/expr.js";
import { makeParam, nodeOfParam } from "../../dsl/param.js";
import { trialShapes } from "../../dsl/trial-sizes.js";
import { E } from "../../fp.js";
import type { LayerBuilder, LayerSpec, Mode } from "../../ops/layer.js";
import { operators } from "../../ops/registry.js";
import { isPoisoned, type Shape } from "../../shape/shape.js";
import type { LayerCall } from "../layers/layer-graph.js";
import { applicationOf } from "../layers/words.js";

/** The shape of an input; a tensor without a batch axis is a weight's or a constant's. */
export interface InputShape {
  readonly shape: Shape;
  readonly isParam: boolean;
}

/** Nodes, weights and updates of the layer in both modes; undefined where it does not fit. */
export const effectOf = (call: LayerCall, inputs: readonly InputShape[]): string | undefined => {
  const exprs = inputs.map(({ shape, isParam }): AnyExpr => {
    const node = { kind: "input", name: undefined } as const;
    return isParam ? nodeOfParam(makeParam(shape, node)) : makeExpr(shape, node);
  });
  const made = applicationOf(call.word)?.(call, exprs);
  if (made === undefined || E.isLeft(made) || isPoisoned(made.right.shape)) return undefined;
  const node = made.right["~node"];
  if (node.kind !== "layer") return undefined;
  const shapes = trialShapes(
    node.layer.rule,
    inputs.map(({ shape }) => shape),
  );
  if (shapes === undefined) return undefined;
  const types = shapes.map((shape, i) => (inputs[i]?.isParam === true ? shape : (["n", ...shape] as const)));
  const kind = "~probabilities" in made.right ? "probabilities" : "values";
  return JSON.stringify([
    kind,
    made.right.shape,
    emission(node.layer, "inference", types),
    emission(node.layer, "training", types),
  ]);
};

const emission = (layer: LayerSpec, mode: Mode, types: readonly (readonly (number | "n")[])[]): unknown => {
  const builder = graphBuilder(operators);
  const told: unknown[] = [];
  const said = (value: Value): Value => {
    told.push(nodeText(builder.node(value.id)));
    return value;
  };
  const given = types.map((shape, i) => builder.emit("input", [], { name: String(i), dtype: "f32", shape }));
  const weight =
    (kind: "parameter" | "state"): LayerBuilder["parameter"] =>
    (name, shape, options) => {
      told.push(options);
      return said(builder.emit(kind, [], { name, dtype: "f32", shape }));
    };
  const output = layer.build(
    {
      mode,
      frozen: false,
      emit: (op, values, attrs) => said(builder.emit(op, values, attrs)),
      parameter: weight("parameter"),
      state: weight("state"),
      update: (state, next) => void told.push([state.id, next.id]),
      uniform: ({ type: { shape } }) =>
        builder.emit("uniform", [builder.emit("state", [], { name: "step", dtype: "i32", shape: [] })], {
          key: [0, 0],
          shape,
        }),
    },
    given,
  );
  return [told, output.id];
};
