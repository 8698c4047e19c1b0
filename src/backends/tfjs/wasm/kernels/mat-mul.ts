/**
 * `matMul`: a · b for matrices or batches of them, attributes transposeA and transposeB.
 *
 * TensorFlow.js's kernel is fast (XNNPACK) where nothing is to be transposed, and a plain loop elsewhere. Our tiles compute aᵀ · b, which is the
 * filter gradient of a 1 × 1 convolution; they beat XNNPACK where it would have to pack a fresh b. So:
 *   two matrices, one of them transposed   our tiles, after bringing both to the form aᵀ · b;
 *   the rest                               TensorFlow.js, after transposing.
 */
import { getKernel, type TensorInfo } from "@tensorflow/tfjs-core";
import { invariant } from "../../../../errors.js";
import { filterGradient } from "./conv-2d-filter-gradient.js";
import { planOf } from "./filter-gradient/plan.js";
import { addressOf, inputAt, makeOutput, planner, sizeOf, type KernelCall, type OwnKernel } from "./kernel.js";
import { transposeMatrices } from "./transpose-2d.js";

const one = [1, 1] as const;
const none = [
  [0, 0],
  [0, 0],
] as const;

/** The same elements as a batch of matrices. */
const asBatch = (x: TensorInfo): TensorInfo => ({ ...x, shape: [sizeOf(x.shape.slice(0, -2)), ...x.shape.slice(-2)] });

/** The plan of aᵀ · b; it knows the shapes as they are after transposing. */
const planFor = planner((call) => {
  const [a, b] = [asBatch(inputAt(call, 0)), asBatch(inputAt(call, 1))];
  const [rows = 0, columns = 0] = a.shape.slice(1);
  const [positions, channels] = call.attributes["transposeA"] === true ? [rows, columns] : [columns, rows];
  return planOf(call.backend, {
    batch: 1,
    size: [1, positions],
    outSize: [1, positions],
    channels,
    filters: b.shape[call.attributes["transposeB"] === true ? 1 : 2] ?? 0,
    kernelSize: one,
    strides: one,
    dilations: one,
    pads: none,
    groups: 1,
  });
});

/** aᵀ · b with a [1, k, m] and b [1, k, n]. */
const tiles = (call: KernelCall, a: TensorInfo, b: TensorInfo): TensorInfo => {
  const { backend } = call;
  const output = makeOutput(backend, call.output);
  filterGradient(backend, planFor(call), {
    x: addressOf(backend, a),
    dy: addressOf(backend, b),
    dw: addressOf(backend, output),
  });
  return output;
};

const product = ({ backend, output }: KernelCall, a: TensorInfo, b: TensorInfo): TensorInfo => {
  const attrs = { transposeA: false, transposeB: false };
  const result = getKernel("BatchMatMul", "wasm").kernelFunc({ inputs: { a, b }, backend, attrs });
  invariant(!Array.isArray(result), "BatchMatMul gives one tensor");
  return { ...result, shape: [...output.shape] };
};

/** Swaps the last two axes of a batch of matrices. */
const transposed = ({ backend }: KernelCall, x: TensorInfo): TensorInfo => {
  const [count = 1, rows = 1, columns = 1] = x.shape;
  const result = makeOutput(backend, { shape: [count, columns, rows], dtype: "float32" });
  transposeMatrices(backend, { from: addressOf(backend, x), to: addressOf(backend, result), count, rows, columns });
  return result;
};

export const matMul: OwnKernel = {
  name: "matMul",
  run: (call) => {
    const transposeA = call.attributes["transposeA"] === true;
    const transposeB = call.attributes["transposeB"] === true;
    const [a, b] = [asBatch(inputAt(call, 0)), asBatch(inputAt(call, 1))];
    const ours = a.shape[0] === 1 && b.shape[0] === 1 && (transposeA || transposeB);
    const left = transposeA === ours ? a : transposed(call, a);
    const right = transposeB ? transposed(call, b) : b;
    const result = ours ? tiles(call, left, right) : product(call, left, right);
    if (left !== a) call.backend.disposeData(left.dataId);
    if (right !== b) call.backend.disposeData(right.dataId);
    return result;
  },
};
