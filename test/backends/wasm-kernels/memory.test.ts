/** The kernels while the memory of the backend grows under them, and the one instance of the backend. */
import { backend as currentBackend, getBackend, setBackend, tensor1d } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { loadWasmBackend } from "../../../src/backends/tfjs/wasm/instance.js";
import { wasmKernels } from "../../../src/backends/tfjs/wasm/kernels/index.js";
import { bytesOf } from "../../../src/backends/tfjs/wasm/kernels/kernel.js";
import { randomTensor, runKernel } from "./harness.js";

const noPads = [
  [0, 0],
  [0, 0],
];
const convolution = {
  kernelSize: [3, 3],
  strides: [1, 1],
  pads: [
    [1, 1],
    [1, 1],
  ],
  dilations: [1, 1],
  groups: 1,
};
const image = randomTensor([2, 6, 6, 5], 1);
const calls = [
  ["elementwise", { inputs: [image], shape: image.shape, attributes: { formula: ["tanh", "x0"] } }],
  ["reduceSumLeading", { inputs: [image], shape: [5] }],
  [
    "avgPool2dGradient",
    {
      inputs: [image],
      shape: [2, 12, 12, 5],
      attributes: { inputSize: [12, 12], poolSize: [2, 2], strides: [2, 2], pads: noPads },
    },
  ],
  ["conv2dFilterGradient", { inputs: [image, image], shape: [3, 3, 5, 5], attributes: convolution }],
] as const;

test("kernels compiled before the memory grew give the same values after it", async () => {
  const before = await Promise.all(calls.map(([name, call]) => runKernel(name, call)));
  const backend = await loadWasmBackend();
  const heap = (): number => bytesOf(backend).length;
  const size = heap();
  const held: object[] = [];
  while (heap() === size) held.push(backend.write(null, [1 << 20], "float32"));
  const after = await Promise.all(calls.map(([name, call]) => runKernel(name, call)));
  for (const dataId of held) backend.disposeData(dataId);
  expect(after).toEqual(before);
});

test("setBackend gives the instance that we load, which is not current before", async () => {
  const backend = await loadWasmBackend();
  expect(await loadWasmBackend()).toBe(backend);
  await setBackend("wasm");
  expect(getBackend()).toBe("wasm");
  expect(currentBackend()).toBe(backend);
  const x = tensor1d([1, 2, 3]);
  const kernel = wasmKernels["elementwise"];
  const result = kernel?.run({
    backend,
    inputs: [x],
    output: { shape: [3], dtype: "float32" },
    attributes: { formula: ["neg", "x0"] },
  });
  expect(result === undefined ? undefined : backend.readSync(result.dataId)).toEqual(Float32Array.of(-1, -2, -3));
});
