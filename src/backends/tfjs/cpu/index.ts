/** The cpu backend: TensorFlow.js's plain JavaScript kernels, in any JavaScript run time; slow. */
import "@tensorflow/tfjs-backend-cpu";
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { invariant } from "../../../errors.js";
import { TE } from "../../../fp.js";
import type { Formula } from "../../../formula/formula.js";
import { avgPool2dGradientReference } from "../../../ops/avg-pool2d-gradient.js";
import { runFormula } from "../../../ops/elementwise-reference.js";
import type { ReferenceTensor } from "../../../ops/operator.js";
import { projectiveTransformReference } from "../../../ops/projective-transform.js";
import { uniformReference } from "../../../ops/uniform.js";
import type { Backend, KernelDevice } from "../../backend.js";
import { isFullOfArrays, withRoom } from "../../room.js";
import { tfjsDevice, type OwnKernel } from "../device.js";
import { ownCall, tfjsTarget } from "../target.js";

type Run = (inputs: readonly ReferenceTensor[], output: ReferenceTensor, attrs: never) => void;

/** What TensorFlow.js lacks here runs by the operators' references: this backend is for looking things up, not for speed. */
const runs: Readonly<Record<string, Run>> = {
  elementwise: (inputs, output, { formula }: { formula: Formula }) => runFormula(formula, inputs, output),
  fill: (_, output, { value }: { value: number | readonly number[] }) =>
    void (typeof value === "number" ? output.data.fill(value) : output.data.set(value)),
  threefryUniform: uniformReference.run,
  avgPool2dGradient: avgPool2dGradientReference.run,
  // TensorFlow.js's own returns after the first image of a batch.
  projectiveTransform: projectiveTransformReference.run,
};

const valuesOf = (backend: MathBackendCPU, { dataId, shape }: TensorInfo): ReferenceTensor => {
  const values = backend.data.get(dataId).values;
  invariant(
    values !== undefined && !Array.isArray(values) && !(values instanceof Uint8Array && values.length < 0),
    "no numbers here",
  );
  return { shape, data: Float64Array.from(values as Float32Array) }; // sound: float32 and int32 are the only dtypes in programs
};

const ownKernel =
  (backend: MathBackendCPU, run: Run): OwnKernel =>
  (inputs, { dtype, shape }, attrs) => {
    const output = { shape, data: new Float64Array(shape.reduce((a, b) => a * b, 1)) };
    // Sound: the kernel's name in the call chose `run`, and the operator that named it wrote the attributes.
    run(
      inputs.map((input) => valuesOf(backend, input)),
      output,
      attrs as never,
    );
    const values = dtype === "i32" ? Int32Array.from(output.data) : Float32Array.from(output.data);
    return backend.makeTensorInfo([...shape], dtype === "i32" ? "int32" : "float32", values);
  };

/** Its gradient kernels take a hundred times as long as forward convolutions. */
const avoids = [
  "conv2dInputGradient",
  "conv2dFilterGradient",
  "depthwiseConv2dInputGradient",
  "depthwiseConv2dFilterGradient",
];

const makeDevice = (): KernelDevice => {
  const backend = new MathBackendCPU();
  // Its first write would otherwise print an advertisement of another package.
  Reflect.set(backend, "firstUse", false);
  const target = tfjsTarget({
    name: "cpu",
    ownKernels: Object.keys(runs),
    preferred: { projectiveTransform: ownCall("projectiveTransform") },
    avoids,
  });
  const device = tfjsDevice({
    name: "cpu",
    backend,
    target,
    ownKernels: Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, ownKernel(backend, run)])),
    memory: () => ({ buffers: backend.numDataIds(), bytes: 0 }),
  });
  return withRoom(device, { name: "cpu", where: "in JavaScript's arrays", largest: Infinity, isFull: isFullOfArrays });
};

/** TensorFlow.js in plain JavaScript: runs everywhere, slow. */
export const cpu: Backend<KernelDevice> = {
  name: "cpu",
  description: "TensorFlow.js kernels in plain JavaScript",
  load: TE.fromIO(makeDevice),
};
