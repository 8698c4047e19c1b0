/** The ONNX writer: files that protocol buffers read back, few transposes, and docs/onnx.md, which lists every operator. */
import { readFileSync, writeFileSync } from "node:fs";
import { fromBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { references } from "../../src/ops/references.js";
import { operators } from "../../src/ops/registry.js";
import { onnxMappingOf } from "../../src/ops/onnx-mappings.js";
import * as index from "../../src/ops/onnx-index.js";
import {
  batchNormalization,
  conv2d,
  dense,
  flatten,
  globalAvgPool2d,
  input,
  maxPool2d,
  model,
  pipe,
  relu,
  type AnyExpr,
} from "../../src/index.js";
import { orThrow, render } from "../../src/errors.js";
import { E } from "../../src/fp.js";
import { ModelProtoSchema, TensorProto_DataType, type ModelProto } from "../../src/io/onnx/onnx_pb.js";
import { onnxOf } from "../../src/io/onnx/of-model.js";
import { graphBuilder } from "../../src/compiler/ir/builder.js";
import { inferenceGraph } from "../../src/run/inference-graph.js";
import { initialWeights } from "../../src/run/initial-weights.js";
import { workedExamples } from "../support/fixtures.js";
import { operatorGraph, typeOf } from "../support/run-graph.js";

const written = (net: Parameters<typeof inferenceGraph>[0]): ModelProto => {
  const { graph, model: description } = orThrow(inferenceGraph(net));
  return fromBinary(ModelProtoSchema, orThrow(onnxOf(graph, initialWeights(description.weights, 0))).bytes);
};
const operatorsIn = ({ graph }: ModelProto): readonly string[] => graph?.node.map((node) => node.opType) ?? [];

const image = input([9, 8, 2]);

describe("a convnet", () => {
  const file = written(
    model(
      pipe(
        image,
        conv2d({ filters: 4, kernelSize: 3, padding: "same" }),
        batchNormalization(),
        relu,
        maxPool2d(),
        conv2d({ filters: 5, kernelSize: 1, activation: "sigmoid" }),
        flatten,
        dense({ units: 3, activation: "softmax" }),
      ),
    ),
  );

  test("has one transpose at its input and one before flatten", () => {
    expect(operatorsIn(file)).toEqual([
      "Transpose",
      "Conv",
      "BatchNormalization",
      "Relu",
      "MaxPool",
      "Conv",
      "Sigmoid",
      "Transpose",
      "Reshape",
      "Gemm",
      "Softmax",
    ]);
  });

  test("keeps the names of inputs, outputs and weights, with the batch axis symbolic", () => {
    expect(file.graph?.input.map(({ name }) => name)).toEqual(["input"]);
    expect(file.graph?.output.map(({ name }) => name)).toEqual(["output"]);
    const dims = file.graph?.input[0]?.type?.value;
    expect(dims?.case === "tensorType" ? dims.value.shape?.dim.map(({ value }) => value.value) : []).toEqual([
      "n",
      9n,
      8n,
      2n,
    ]);
    const weights =
      file.graph?.initializer.filter(({ dataType }) => dataType === Number(TensorProto_DataType.FLOAT)) ?? [];
    const shapes = weights.map(({ name, dims: sizes }) => `${name} [${sizes.join(", ")}]`);
    // Convolution kernels are [filters, channels, height, width] in ONNX; the last image has 4 x 4 x 5 cells.
    expect(shapes.toSorted()).toEqual([
      "batchNormalization/beta [4]",
      "batchNormalization/gamma [4]",
      "batchNormalization/movingMean [4]",
      "batchNormalization/movingVariance [4]",
      "conv2d/bias [4]",
      "conv2d/kernel [4, 2, 3, 3]",
      "conv2d_1/bias [5]",
      "conv2d_1/kernel [5, 4, 1, 1]",
      "dense/bias [3]",
      "dense/kernel [80, 3]",
    ]);
  });
});

test("a mean over the image needs no transpose after it", () => {
  const net: AnyExpr = pipe(image, conv2d({ filters: 4, kernelSize: 3 }), globalAvgPool2d, dense({ units: 3 }));
  expect(operatorsIn(written(model(net)))).toEqual(["Transpose", "Conv", "GlobalAveragePool", "Flatten", "Gemm"]);
});

test("what ONNX cannot express is named, all of it at once", () => {
  const builder = graphBuilder(operators);
  const step = builder.emit("input", [], { name: "step", dtype: "i32", shape: [] });
  const noise = builder.emit("uniform", [step], { key: [1, 2], shape: [3] });
  const outcome = onnxOf(builder.finish([{ kind: "result", name: "y", value: noise.id }]), new Map());
  expect(E.isLeft(outcome) && outcome.left.tag).toBe("Unsupported");
  expect(E.isLeft(outcome) && render(outcome.left)).toContain("uniform");
});

describe("docs/onnx.md", () => {
  const named = new Set(Object.values(index).map(({ operator }) => operator));

  /** How an operator is written: the nodes of its first case, its formula, its decomposition, or not at all. */
  const rowOf = (name: string): string => {
    const operator = operators.get(name);
    if (operator === undefined || operator.traits.includes("source")) return `| ${name} | an input or an initialiser |`;
    const [example] = workedExamples(name) ?? [];
    const [
      one = example && {
        inputs: example.inputs.map(({ dtype, shape }) => `${dtype}[${shape.join(", ")}]`),
        attrs: example.attrs,
      },
    ] = references.get(name)?.cases ?? [];
    if (!named.has(name) && operator.formula !== undefined) return `| ${name} | the nodes of its formula |`;
    if (one === undefined) return `| ${name} | ${named.has(name) ? "a node" : "–"} |`;
    const request = { inputs: one.inputs.map(typeOf), output: typeOf("f32[1]"), attrs: one.attrs };
    const isDirect = onnxMappingOf(operator, request as never) !== undefined; // sound: the cases' shapes are numbers
    const { builder, output } = operatorGraph(name, one.inputs.map(typeOf), one.attrs);
    const outcome = onnxOf(builder.finish([{ kind: "result", name: "y", value: output.id }]), new Map());
    if (E.isLeft(outcome)) return `| ${name} | not supported |`;
    const used = [...new Set(operatorsIn(fromBinary(ModelProtoSchema, outcome.right.bytes)))].join(", ");
    return `| ${name} | ${isDirect ? used : `decomposed: ${used}`} |`;
  };

  test("lists every operator as the writer writes it (UPDATE=1 writes the table)", () => {
    const table = ["| operator | ONNX |", "|---|---|", ...[...operators.keys()].toSorted().map(rowOf)].join("\n");
    const place = new URL("../../docs/onnx.md", import.meta.url);
    const text = readFileSync(place, "utf8");
    const [head = "", old = ""] = text.split("<!-- generated -->\n");
    if (process.env["UPDATE"] === "1") writeFileSync(place, `${head}<!-- generated -->\n${table}\n`);
    else expect(old.trim()).toBe(table);
  });
});
