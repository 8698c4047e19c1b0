/** The reference backend: plain loops in float64, slow and right; the oracle of all others. */
import { invariant } from "../../errors.js";
import { TE } from "../../fp.js";
import type { Attributes, Stage } from "../../compiler/ir/graph.js";
import type { JointAttributes } from "../../compiler/lowering/joint.js";
import { stageReads } from "../../compiler/ir/verify.js";
import { kernelTarget, type KernelTarget } from "../../compiler/target.js";
import { runFormula } from "../../ops/elementwise-reference.js";
import type { ConcreteType, KernelCall, Operator, Reference, ReferenceTensor } from "../../ops/operator.js";
import { reduceFormulaReference } from "../../ops/reduce-formula.js";
import { references } from "../../ops/references.js";
import { operators } from "../../ops/registry.js";
import type { Backend, Buffer, KernelDevice } from "../backend.js";
import { isFullOfArrays, withRoom } from "../room.js";
import { storageOf, type Storage } from "./tensor.js";

const target: KernelTarget = kernelTarget({
  name: "reference",
  call: (operator, { inputs, attrs, epilogue }) => {
    const { name } = operator;
    const isOurs = operators.has(name);
    // One of the user's own has its formula, or no oracle: it is decomposed then.
    const formula = isOurs ? undefined : operator.formula?.(attrs);
    const own = isOurs ? attrs : formula === undefined ? undefined : { formula };
    return own === undefined
      ? undefined
      : {
          kernel: isOurs ? name : "elementwise",
          inputs: inputs.map((_, index) => index),
          attrs: { attrs: own, epilogue: epilogue.map(({ op, attrs: given }) => ({ op, attrs: given })) },
        };
  },
  avoids: new Set(),
  fuses: (_, stages) => stages.every(({ op }) => operators.has(op)),
  formulas: { inputs: 16, joint: true },
});

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const newBuffer = (data: Float64Array, type: ConcreteType, count: (buffers: 1 | -1, bytes: number) => void): Buffer => {
  const storage: Storage = { data, references: 1 };
  count(1, data.byteLength);
  return { type, handle: storage };
};

const tensorOf = (buffer: Buffer): ReferenceTensor => ({ shape: buffer.type.shape, data: storageOf(buffer).data });

/** Runs one operator by its reference, or by its formula. */
const runOperator = (
  operator: Operator,
  attrs: Attributes,
  inputs: readonly ReferenceTensor[],
  output: ReferenceTensor,
): void => {
  const formula = operator.formula?.(attrs);
  if (formula !== undefined) return runFormula(formula, inputs, output);
  const reference: Reference | undefined = references.get(operator.name);
  invariant(reference, `the operator ${operator.name} has no reference`);
  reference.run(inputs, output, attrs);
};

const operatorNamed = (name: string): Operator => {
  const operator = operators.get(name);
  invariant(operator, `no operator '${name}'`);
  return operator;
};

/** The root operator, then each stage on its result. */
const runCall = ({ kernel, attrs }: KernelCall, inputs: readonly ReferenceTensor[], output: ReferenceTensor): void => {
  const { attrs: own, epilogue } = attrs as unknown as { attrs: Attributes; epilogue: readonly Stage[] }; // sound: `target.call` above made it
  const reads = (stage: Stage): number => stageReads(stage, operators);
  let next = inputs.length - epilogue.reduce((sum, stage) => sum + reads(stage), 0);
  let current: ReferenceTensor = { shape: output.shape, data: output.data };
  runOperator(operatorNamed(kernel), own, inputs.slice(0, next), current);
  for (const stage of epilogue) {
    const result: ReferenceTensor = { shape: output.shape, data: new Float64Array(output.data.length) };
    const further = inputs.slice(next, next + reads(stage));
    runOperator(operatorNamed(stage.op), stage.attrs, [current, ...further], result);
    next += further.length;
    current = result;
  }
  if (current.data !== output.data) output.data.set(current.data);
};

/** Several folds of the same inputs, or several formulas. */
const runJoint = (
  { attrs }: KernelCall,
  inputs: readonly ReferenceTensor[],
  outputs: readonly ReferenceTensor[],
): void => {
  const { members, axes } = attrs as unknown as JointAttributes; // Sound: compiler/lowering/joint.ts made it.
  members.forEach((member, index) => {
    const output = outputs[index];
    invariant(output, "a joint call has a result for each member");
    if (axes !== undefined) reduceFormulaReference.run(inputs, output, { by: "sum", keepDims: false, ...member, axes });
    else {
      const own = (member.inputs ?? []).map((at) => inputs[at]).filter((input) => input !== undefined);
      runFormula(member.formula, own, output);
    }
  });
};

/** A device of its own for each load: nothing is shared. */
const makeDevice = (): KernelDevice => {
  let buffers = 0;
  let bytes = 0;
  const count = (change: 1 | -1, size: number): void => {
    buffers += change;
    bytes += change * size;
  };
  return {
    kind: "kernels",
    name: "reference",
    target,
    precision: "f64",
    upload: (numbers, type) => newBuffer(Float64Array.from(numbers), type, count),
    read: (buffer) => {
      const { data } = storageOf(buffer);
      return Promise.resolve(buffer.type.dtype === "i32" ? Int32Array.from(data) : data.slice());
    },
    call: (call, inputs, type) => {
      const output = newBuffer(new Float64Array(size(type.shape)), type, count);
      runCall(call, inputs.map(tensorOf), tensorOf(output));
      return output;
    },
    callJoint: (call, inputs, types) => {
      const outputs = types.map((type) => newBuffer(new Float64Array(size(type.shape)), type, count));
      runJoint(call, inputs.map(tensorOf), outputs.map(tensorOf));
      return outputs;
    },
    view: (buffer, type) => {
      storageOf(buffer).references++;
      return { type, handle: buffer.handle };
    },
    retain: (buffer) => {
      storageOf(buffer).references++;
      return buffer;
    },
    release: (buffer) => {
      const storage = storageOf(buffer);
      storage.references--;
      if (storage.references === 0) count(-1, storage.data.byteLength);
    },
    memory: () => ({ buffers, bytes }),
  };
};

/** Plain loops in float64: for tests and for looking things up, not for speed. */
export const reference: Backend<KernelDevice> = {
  name: "reference",
  description: "plain loops in float64: slow and exact, the oracle of the tests",
  load: TE.fromIO(() =>
    withRoom(makeDevice(), {
      name: "reference",
      where: "in JavaScript's arrays",
      elementBytes: 8,
      largest: Infinity,
      isFull: isFullOfArrays,
    }),
  ),
};
