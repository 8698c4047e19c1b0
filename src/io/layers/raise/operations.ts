/** A node that no layer explains, as a call of `ops`: those that say the same first, then the operator by its name. */
import type { Attribute, Node } from "../../../compiler/ir/graph.js";
import { isFormula } from "../../../formula/check.js";
import { operators } from "../../../ops/registry.js";
import type { Argument } from "../../../ops/layer.js";
import { pairOfAttribute } from "./sides.js";

export interface OperationCall {
  readonly word: string;
  readonly arguments: readonly Argument[];
}

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((one) => typeof one === "number");

/** The inputs of a node as an operation sees them. */
export interface Operands {
  readonly node: Node;
  /** For each input: whether it has a batch axis of the model's kind. */
  readonly batched: readonly boolean[];
}

const inputsOf = ({ inputs }: Node): readonly Argument[] => inputs.map((_, input) => ({ input }));

/** The axes without the batch, and whether all of them are plain numbers. */
const ownAxes = ({ type: { shape } }: Node, batched: boolean): readonly number[] | undefined => {
  const axes = batched ? shape.slice(1) : shape;
  return axes.every((dim) => typeof dim === "number") ? axes.map(Number) : undefined;
};

/** The call of a word with an operator's attributes in its own terms; undefined where only the operator itself will do. */
const namedCall = ({ node, batched }: Operands): OperationCall | undefined => {
  const { op, attrs } = node;
  const [first = false] = batched;
  const skip = first ? 1 : 0;
  const axes = ownAxes(node, first);
  const x: Argument = { input: 0 };
  const list = (value: Attribute | undefined): readonly number[] => (isNumbers(value) ? value : []);
  const usual = !first || node.type.shape[0] === "n";
  switch (op) {
    case "reshape":
      return axes !== undefined && usual ? { word: "ops.reshape", arguments: [x, { value: axes }] } : undefined;
    case "transpose": {
      const order = list(attrs["permutation"]);
      return first && order[0] !== 0
        ? undefined
        : { word: "ops.transpose", arguments: [x, { value: order.slice(skip) }] };
    }
    case "slice": {
      const begin = list(attrs["begin"]);
      if (axes === undefined || !usual || (first && begin[0] !== 0)) return undefined;
      return { word: "ops.slice", arguments: [x, { value: { begin: begin.slice(skip), size: axes } }] };
    }
    case "pad": {
      const sides = pairOfAttribute(attrs["pads"]);
      if (first && sides[0]?.some((cells) => cells !== 0) === true) return undefined;
      const value = attrs["value"] === 0 ? [] : [{ value: { value: attrs["value"] } }];
      return { word: "ops.pad", arguments: [x, { value: sides.slice(skip) }, ...value] };
    }
    case "reduceMean":
    case "reduceSum":
    case "reduceMax": {
      const along = list(attrs["axes"]);
      if (along.length === 0 || (first && along.includes(0))) return undefined;
      return {
        word: `ops.${op}`,
        arguments: [x, { value: { axes: along, ...(attrs["keepDims"] === true ? { keepDims: true } : {}) } }],
      };
    }
    case "add":
    case "subtract":
    case "multiply":
    case "maximum":
    case "minimum":
      return { word: `ops.${op}`, arguments: inputsOf(node) };
    case "biasAdd":
      return first && batched[1] === false ? { word: "ops.biasAdd", arguments: inputsOf(node) } : undefined;
    case "matMul":
      return first && batched[1] === false && attrs["transposeA"] === false && attrs["transposeB"] === false
        ? { word: "ops.matMul", arguments: inputsOf(node) }
        : undefined;
    default:
      return undefined;
  }
};

/** An operator by element is its formula. */
const formulaCall = ({ node }: Operands): OperationCall | undefined => {
  const formula: unknown = operators.get(node.op)?.formula?.(node.attrs);
  return isFormula(formula) ? { word: "ops.elementwise", arguments: [{ formula }, ...inputsOf(node)] } : undefined;
};

const operatorCall = ({ node }: Operands): OperationCall => ({
  word: "ops.operator",
  arguments: [{ value: node.op }, { inputs: node.inputs.map((_, input) => input) }, { value: node.attrs }],
});

/** The calls that may say what a node does, the most readable first. */
export const operationCalls = (operands: Operands): readonly OperationCall[] =>
  [namedCall(operands), formulaCall(operands), operatorCall(operands)].filter((call) => call !== undefined);
