/** The door `svertka/operator`: what one needs to define an operator of one's own. */
export * as f from "../formula/formula.js";
export type { Formula } from "../formula/formula.js";
export type { Attribute, Attributes, Emit, Graph, Stage, Value } from "../compiler/ir/graph.js";
export { f32, sameShape, typeText, type DataType, type Dim, type Dims, type TensorType } from "../compiler/ir/type.js";
export { applyOperator, operatorLayer } from "../dsl/operator-layer.js";
export { elementwise } from "../ops/elementwise.js";
export type {
  ConcreteType,
  DecomposeRequest,
  FusedStage,
  GradientRequest,
  InputForm,
  KernelCall,
  KernelRequest,
  Operator,
  Trait,
} from "../ops/operator.js";
