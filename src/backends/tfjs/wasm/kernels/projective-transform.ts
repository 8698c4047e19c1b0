/**
 * `projectiveTransform`: images read where matrices send their pixels, by the loops of src/ops/projective-sampling.ts over the
 * backend's memory. TensorFlow.js's kernel reads the mode `reflect` wrongly: beyond the edge it takes the edge.
 */
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { invariant } from "../../../../errors.js";
import { samplePictures, type PictureRow } from "../../../../ops/projective-sampling.js";
import { fillModes, interpolations, type Sampling } from "../../../../shape/sampling.js";
import { addressOf, inputAt, makeOutput, memoryOf, shape4, type KernelCall, type OwnKernel } from "./kernel.js";

const samplingOf = ({ attributes }: KernelCall): Sampling => {
  const fillMode = fillModes.find((mode) => mode === attributes["fillMode"]);
  const interpolation = interpolations.find((word) => word === attributes["interpolation"]);
  const { fillValue } = attributes;
  invariant(fillMode && interpolation && typeof fillValue === "number", "projectiveTransform says how it reads");
  return { fillMode, interpolation, fillValue };
};

export const projectiveTransform: OwnKernel = {
  name: "projectiveTransform",
  run: (call) => {
    const { backend } = call;
    const output = makeOutput(backend, call.output);
    // After the output is made: growth of the memory would detach the view.
    const data = new Float32Array(memoryOf(backend).buffer);
    const rowOf = (tensor: TensorInfo): PictureRow => {
      const [count, height, width, channels] = shape4(tensor.shape);
      return { data, at: addressOf(backend, tensor) / 4, count, height, width, channels };
    };
    const matrices = { data, at: addressOf(backend, inputAt(call, 1)) / 4 };
    samplePictures(rowOf(inputAt(call, 0)), rowOf(output), matrices, samplingOf(call));
    return output;
  },
};
