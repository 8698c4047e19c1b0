/** The public door: the DSL, compile, errors. It imports no backend; those are doors of their own, as `svertka/wasm`. */
export * from "./ops/index.js";
export * from "./dsl/blocks.js";
export { chain } from "./dsl/chain.js";
export { compose } from "./dsl/compose.js";
export { ensemble, type EnsembleOptions } from "./dsl/ensemble.js";
export type { AnyExpr, Expr, ShapeOf } from "./dsl/expr.js";
export { frozen, type Frozen } from "./dsl/frozen.js";
export { input } from "./dsl/input.js";
export type * from "./dsl/layer.js";
export type * from "./dsl/merge.js";
export { model, type Exprs, type Model } from "./dsl/model.js";
export type * from "./dsl/layer-weights.js";
export { named, type Named } from "./dsl/named.js";
export type { AnyParams, Params } from "./dsl/params.js";
export * as ops from "./dsl/operations.js";
export { biasAdd } from "./dsl/operations/bias-add.js";
export { conv2dOp } from "./dsl/operations/conv2d-op.js";
export { matMul } from "./dsl/operations/mat-mul.js";
export type { Tensor } from "./dsl/operations/operand.js";
export { parameter, tensor, type AnyParam, type Nested, type Param, type ParamOptions } from "./dsl/param.js";
export type { ExprKind, ExprKinds, Probabilities } from "./dsl/probabilities.js";
export { residual, residualOf, type Residual } from "./dsl/residual.js";
export { sequential, type Sequential } from "./dsl/sequential.js";
export { share, type Shared } from "./dsl/share.js";
export type {
  Padding1dOption,
  Padding3dOption,
  Pads3dOption,
  SidesOption,
  SidesPadding,
  TripleOption,
} from "./shape/axis-options.js";
export type { AxesOption } from "./shape/axis.js";
export type { PaddingOption, PadsOption, PairOption } from "./shape/padding.js";
export { strict, type Strict } from "./dsl/strict.js";
export { withInputShape, type InputShapes } from "./dsl/with-input-shape.js";
export type { Dim, Shape, ShapeError } from "./shape/shape.js";
export {
  constant,
  fromArray,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  ones,
  orthogonal,
  randomNormal,
  randomUniform,
  truncatedNormal,
  varianceScaling,
  zeros,
  type FanMode,
  type Initializer,
  type ScaledDistribution,
} from "./ops/initializers.js";
export type { BroadcastOptions } from "./ops/merge-layer.js";
export type {
  Argument,
  Constraint,
  LayerBuilder,
  LayerSpec,
  Mode,
  ParameterOptions,
  Regularizer,
  Written,
} from "./ops/layer.js";
export { flow, pipe } from "./fp.js";
export { exitCodeOf, orReject, orThrow, render, SvertkaFailure, type ErrorTag, type SvertkaError } from "./errors.js";
export { f32, i32, u8, type NdArray } from "./data/nd-array.js";
export type { Backend, Device, GraphDevice, KernelDevice } from "./backends/backend.js";
export { compile, type CompileOptions } from "./run/compile.js";
export { compileLayers, type CompileLayersOptions } from "./run/compile-layers.js";
export type { CompiledGraph } from "./run/compiled-graph.js";
export type { GraphFamily } from "./run/graph-family.js";
export { inferenceGraph, type InferenceGraph } from "./run/inference-graph.js";
export { ensembleWeights } from "./run/ensemble-weights.js";
export {
  explain,
  type ExplainedCall,
  type ExplainOptions,
  type Saved,
  type Explanation,
  type FusedCall,
  type PassExplanation,
} from "./run/explain.js";
export type { GeneratedKernel } from "./run/explanation/generated.js";
export type { Reason, RemainingCall } from "./run/explanation/remaining.js";
export type { Work } from "./run/explanation/work.js";
export type { Weights } from "./run/initial-weights.js";
export type { Arrays } from "./run/named-arrays.js";
export type { PredictOptions, Predictor } from "./run/predictor.js";
export { get, set, typedWeights, type ShapedArray, type TypedWeights } from "./run/typed-weights.js";
export { summarize, type LayerSummary, type Summary } from "./run/summary.js";
export { graphText } from "./compiler/ir/text.js";
export { parseGraph } from "./compiler/ir/parse.js";
export type { Pass } from "./compiler/passes/pass.js";
export type { Registry } from "./compiler/ir/builder.js";
export type { WeightInfo } from "./dsl/to-graph.js";
export type { Graph, Node, Output as GraphOutput } from "./compiler/ir/graph.js";
export { operators } from "./ops/registry.js";
export type { Factor } from "./shape/factor.js";
export type { FlipMode } from "./shape/flip.js";
export type { FillMode, Interpolation, SamplingOptions } from "./shape/sampling.js";
export type { ValueRange } from "./shape/value-range.js";
