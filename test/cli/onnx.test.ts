/** .onnx files as MODEL: predict, summary, explain, evaluate and convert on files of other programs' making and on our own. */
import { readFileSync } from "node:fs";
import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { f32 } from "../../src/data/nd-array.js";
import { orThrow } from "../../src/errors.js";
import { readNpy, writeNpy } from "../../src/io/npy.js";
import {
  ModelProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  type TensorProto,
} from "../../src/io/onnx/onnx_pb.js";
import { svertka, workspace } from "./harness.js";

const work = workspace();

interface Small {
  readonly dims?: readonly (number | string)[];
  readonly operator?: string;
  readonly kernel?: Partial<Omit<TensorProto, "$typeName" | "$unknown">>;
  readonly opset?: number;
}

/** y = relu(conv(x, w)) over an image channels first, by hand. */
const small = ({ dims = ["batch", 2, 3, 3], operator = "Relu", kernel = {}, opset = 13 }: Small = {}): Uint8Array =>
  toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: "", version: BigInt(opset) }],
      graph: {
        name: "small",
        node: [
          { opType: "Conv", input: ["x", "w"], output: ["c"], name: "conv" },
          { opType: operator, input: ["c"], output: ["y"], name: "last" },
        ],
        input: [
          {
            name: "x",
            type: {
              value: {
                case: "tensorType",
                value: {
                  elemType: TensorProto_DataType.FLOAT,
                  shape: {
                    dim: dims.map((dim) => ({
                      value:
                        typeof dim === "number"
                          ? { case: "dimValue" as const, value: BigInt(dim) }
                          : { case: "dimParam" as const, value: dim },
                    })),
                  },
                },
              },
            },
          },
        ],
        output: [{ name: "y" }],
        initializer: [
          {
            name: "w",
            dims: [1n, 2n, 2n, 2n],
            dataType: TensorProto_DataType.FLOAT,
            floatData: [1, 2, 3, 4, -1, 0, 0, 1],
            ...kernel,
          },
        ],
      },
    }),
  );

/** [count, 2, 3, 3] of 0, 1, 2, … */
const images = (count: number): Uint8Array =>
  writeNpy(
    f32(
      [count, 2, 3, 3],
      Float32Array.from({ length: count * 18 }, (_, i) => i),
    ),
  );
/**
 * By hand, of the first image, whose channels are 0 to 8 and 9 to 17: at (0, 0) 1·0 + 2·1 + 3·3 + 4·4 − 9 + 13 = 31, and one step
 * right or down adds 10 a cell of the first channel and 0 of the second.
 */
const wanted = [31, 41, 61, 71];

const file = (name: string, options: Small = {}): string => work.file(name, small(options));
const y = (): readonly number[] => Array.from(orThrow(readNpy(readFileSync(work.path("out/y.npy")), "y.npy")).data);
const predict = (model: string, count: number, ...more: readonly string[]) =>
  svertka(
    "predict",
    model,
    "--input",
    work.file("x.npy", images(count)),
    "--output",
    work.path("out"),
    "--backend",
    "wasm",
    ...more,
  );

describe("predict", () => {
  test("takes the file's shapes, channels first, and any number of examples", async () => {
    const outcome = await predict(file("small.onnx"), 2);
    expect(outcome).toMatchObject({ code: 0, stdout: expect.stringContaining("y [2, 1, 2, 2]") });
    expect(y().slice(0, 4)).toEqual(wanted);
  });

  test("a first axis with a number is no batch", async () => {
    const fixed = file("fixed.onnx", { dims: [1, 2, 3, 3] });
    expect(await predict(fixed, 1)).toMatchObject({ code: 0 });
    expect(y()).toEqual(wanted);
    const outcome = await predict(fixed, 2);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain("the model needs [1, 2, 3, 3]");
  });

  test("--input-shape says sizes that the file leaves open", async () => {
    const open = file("open.onnx", { dims: ["n", 2, "height", "width"] });
    const refused = await predict(open, 1);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("--input-shape");
    expect(await predict(open, 1, "--input-shape", "2,3,3")).toMatchObject({ code: 0 });
    expect(y()).toEqual(wanted);
    expect(await predict(open, 1, "--input-shape", "3,3")).toMatchObject({ code: 2 });
  });

  test("numbers in a file beside the model's, and nowhere else", async () => {
    const data = new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, -1, 0, 0, 1).buffer);
    const external = (location: string): Small => ({
      kernel: {
        floatData: [],
        dataLocation: TensorProto_DataLocation.EXTERNAL,
        externalData: [
          { key: "location", value: location },
          { key: "offset", value: "4" },
          { key: "length", value: "32" },
        ].map((entry) => ({ $typeName: "onnx.StringStringEntryProto", ...entry })),
      },
    });
    work.file("models/weights.bin", data);
    work.file("weights.bin", data);
    expect(await predict(file("models/beside.onnx", external("weights.bin")), 1)).toMatchObject({ code: 0 });
    expect(y()).toEqual(wanted);
    for (const location of ["../weights.bin", work.path("weights.bin"), "nowhere.bin"]) {
      const outcome = await predict(file("models/outside.onnx", external(location)), 1);
      expect(outcome.code, location).toBe(2);
      expect(outcome.stderr).toContain("external data");
    }
  });
});

test("summary and explain", async () => {
  const model = file("shown.onnx");
  const { code, stdout } = await svertka("summary", model, "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ parameters: 8, trainable: 8 });
  expect(await svertka("explain", model, "--backend", "wasm")).toMatchObject({ code: 0 });
});

test("convert writes it again", async () => {
  expect(await svertka("convert", file("first.onnx"), "--output", work.path("again.onnx"))).toMatchObject({ code: 0 });
  expect(await predict(work.path("again.onnx"), 1)).toMatchObject({ code: 0 });
  expect(y()).toEqual(wanted);
});

test("evaluate", async () => {
  const target = writeNpy(
    f32(
      [1, 1, 2, 2],
      Float32Array.from(wanted, (value) => value + 1),
    ),
  );
  const outcome = await svertka(
    "evaluate",
    file("judged.onnx"),
    "--x",
    work.file("x.npy", images(1)),
    "--y",
    work.file("y.npy", target),
    "--loss",
    "mean_squared_error",
    "--backend",
    "wasm",
    "--json",
  );
  expect(outcome.code).toBe(0);
  expect(JSON.parse(outcome.stdout)).toMatchObject({ loss: expect.closeTo(1, 5) });
});

describe("bad files", () => {
  test.each<readonly [string, Small, number, string]>([
    ["an unknown operator", { operator: "Frobnicate" }, 3, "Frobnicate"],
    ["an old operator set", { opset: 6 }, 3, "operator set 6"],
    ["a new operator set", { opset: 99 }, 3, "operator set 99"],
    ["numbers cut short", { kernel: { floatData: [1, 2, 3] } }, 2, "holds 3 numbers"],
    ["absurd sizes", { kernel: { dims: [2n ** 40n, 2n, 2n, 2n] } }, 2, "no such sizes"],
    ["negative sizes", { kernel: { dims: [-1n, 2n, 2n, 2n] } }, 2, "no such sizes"],
    ["a kernel that does not fit", { kernel: { dims: [1n, 1n, 4n, 2n] } }, 2, "conv2d"],
    ["strings as weights", { kernel: { dataType: TensorProto_DataType.STRING } }, 3, "string"],
    ["a name that nothing gives", { kernel: { name: "v" } }, 2, "'w', which nothing gives"],
  ])("%s", async (_, options, code, sentence) => {
    const outcome = await predict(file("bad.onnx", options), 1);
    expect(outcome).toMatchObject({ code, stderr: expect.stringContaining(sentence) });
    expect(outcome.stderr.trim().split("\n")).toHaveLength(1);
  });

  test("no ONNX at all, or half a file", async () => {
    for (const bytes of [new TextEncoder().encode("hello, world"), small().subarray(0, 40), new Uint8Array()]) {
      const outcome = await predict(work.file("half.onnx", bytes), 1);
      expect(outcome.code).toBe(2);
    }
  });
});
