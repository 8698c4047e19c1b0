/** A model as an ONNX file for other tools: its own operators and weights, by name, and not what our optimiser makes of them. */
import type { SvertkaError } from "../../errors.js";
import type { Either } from "../../fp.js";
import type { Graph } from "../../compiler/ir/graph.js";
import { eliminateDeadCode } from "../../compiler/passes/eliminate-dead-code.js";
import { fuseEpilogue } from "../../compiler/passes/fuse-epilogue.js";
import { legalize } from "../../compiler/passes/legalize.js";
import { simplify } from "../../compiler/passes/simplify.js";
import { runPasses } from "../../compiler/pipeline.js";
import type { Target } from "../../compiler/target.js";
import type { NdArray } from "../../data/nd-array.js";
import { onnxMappingOf } from "../../ops/onnx-mappings.js";
import { operators } from "../../ops/registry.js";
import { writeOnnx, type WrittenOnnx } from "./write.js";

const target: Target = {
  name: "onnx",
  has: (operator, request) => onnxMappingOf(operator, request) !== undefined,
  avoids: new Set(),
  // A convolution's bias is an input of its node.
  fuses: () => true,
};

/**
 * The bytes of an .onnx file (opset 21) of a graph in inference mode: weights are initialisers under their names, batch
 * normalisation stays an operator, the batch axis is symbolic, inputs and outputs have channels last.
 *
 * Errors  Unsupported: operators that ONNX cannot express, all of them named; weights of more than 2 GB.
 */
export const onnxOf = (
  source: Graph,
  weights: ReadonlyMap<string, NdArray<"f32" | "i32">>,
): Either<SvertkaError, WrittenOnnx> => {
  const passes = [simplify, eliminateDeadCode, legalize, simplify, fuseEpilogue, eliminateDeadCode];
  const { graph } = runPasses(source, { registry: operators, target, passes });
  return writeOnnx({ graph, weights: (name) => weights.get(name) });
};
