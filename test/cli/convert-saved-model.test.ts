/** `svertka convert … .savedmodel`: the folder, its signature, and that TensorFlow's own loader runs it with the same result. */
import { fromBinary } from "@bufbuild/protobuf";
import { mkdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadAddon } from "../../src/backends/node/addon.js";
import { f32 } from "../../src/data/nd-array.js";
import { orThrow } from "../../src/errors.js";
import { E } from "../../src/fp.js";
import { readNpy, writeNpy } from "../../src/io/npy.js";
import { SavedModelSchema, type TensorInfo } from "../../src/io/tensorflow/saved_model_pb.js";
import { missingAddon } from "../backends/node/addon-or-skip.js";
import { svertka, workspace } from "./harness.js";

const work = workspace();
const net = work.file(
  "net.ts",
  `import { add, batchNormalization, conv2d, dense, flatten, gelu, globalAvgPool2d, input, maxPool2d, model, pipe, relu } from "svertka";
   const image = input([9, 8, 2]);
   const stem = pipe(image, conv2d({ filters: 4, kernelSize: 3, padding: "same" }), batchNormalization(), relu);
   const deeper = pipe(stem, conv2d({ filters: 4, kernelSize: 3, padding: "same" }), gelu);
   export default model({
     inputs: { image },
     outputs: {
       classes: pipe(add(stem, deeper), maxPool2d(), flatten, dense({ units: 3, activation: "softmax" })),
       means: globalAvgPool2d(deeper),
     },
   });`,
);
const output = work.path("net.savedmodel");
const x = f32(
  [5, 9, 8, 2],
  Float32Array.from({ length: 720 }, (_, i) => Math.sin(i)),
);

const signatureOf = (folder: string) => {
  const { metaGraphs } = fromBinary(SavedModelSchema, readFileSync(`${folder}/saved_model.pb`));
  return metaGraphs[0]?.signatureDef["serving_default"];
};

test("has one signature, by the model's names, for a batch of any size", async () => {
  expect(await svertka("convert", net, "--output", output)).toMatchObject({ code: 0 });
  expect(work.list("net.savedmodel")).toEqual(["saved_model.pb"]);
  const signature = signatureOf(output);
  const sizes = (ports: Readonly<Record<string, TensorInfo>> = {}) =>
    Object.fromEntries(
      Object.entries(ports).map(([name, { tensorShape }]) => [name, tensorShape?.dim.map(({ size }) => Number(size))]),
    );
  expect(sizes(signature?.inputs)).toEqual({ image: [-1, 9, 8, 2] });
  expect(sizes(signature?.outputs)).toEqual({ classes: [-1, 3], means: [-1, 4] });
});

test("TensorFlow's loader, which Serving has too, gives what svertka predicts", async (context) => {
  const addon = loadAddon();
  if (E.isLeft(addon)) return context.skip(missingAddon);
  const { binding } = addon.right;
  expect(await svertka("convert", net, "--output", output)).toMatchObject({ code: 0 });
  const given = work.file("x.npy", writeNpy(x));
  const folder = work.path("y");
  expect(await svertka("predict", net, "--input", given, "--output", folder, "--backend", "wasm")).toMatchObject({
    code: 0,
  });
  const signature = signatureOf(output);
  const fed = binding.createTensor(x.shape, binding.TF_FLOAT, x.data);
  const session = binding.loadSavedModel(output, "serve");
  const names = ["classes", "means"];
  const fetched = binding.runSavedModel(
    session,
    [fed],
    signature?.inputs["image"]?.name ?? "",
    names.map((name) => signature?.outputs[name]?.name).join(),
  );
  for (const [i, name] of names.entries()) {
    const wanted = orThrow(readNpy(readFileSync(`${folder}/${name}.npy`), name));
    const got = binding.tensorDataSync(fetched[i]?.id ?? 0);
    expect(fetched[i]?.shape).toEqual(wanted.shape);
    for (const [at, value] of wanted.data.entries()) expect(got[at]).toBeCloseTo(Number(value), 5);
  }
  for (const { id } of fetched) binding.deleteTensor(id);
  binding.deleteTensor(fed);
  binding.deleteSavedModel(session);
});

test("a file in the way stays as it is", async () => {
  const inTheWay = work.file("file.savedmodel", "mine");
  const outcome = await svertka("convert", net, "--output", inTheWay);
  expect(outcome).toMatchObject({ code: 2 });
  expect(outcome.stderr).toContain("in the way");
  expect(readFileSync(inTheWay, "utf8")).toBe("mine");
});

test("a folder that holds other files keeps them", async () => {
  mkdirSync(work.path("other.savedmodel"));
  work.file("other.savedmodel/notes.txt", "mine");
  expect(await svertka("convert", net, "--output", work.path("other.savedmodel"))).toMatchObject({ code: 0 });
  expect(work.list("other.savedmodel")).toEqual(["notes.txt", "saved_model.pb"]);
});

test("a step's random numbers and the like are not in it: inference only, dropout is gone", async () => {
  const dropping = work.file(
    "dropping.ts",
    `import { dense, dropout, input, model, pipe } from "svertka";
     export default model(pipe(input([4]), dropout({ rate: 0.5 }), dense({ units: 2 })));`,
  );
  const folder = work.path("dropping.savedmodel");
  expect(await svertka("convert", dropping, "--output", folder)).toMatchObject({ code: 0 });
  const { metaGraphs } = fromBinary(SavedModelSchema, readFileSync(`${folder}/saved_model.pb`));
  const operators = metaGraphs[0]?.graphDef?.node.map(({ op }) => op) ?? [];
  expect(operators).toContain("MatMul");
  expect(operators.filter((op) => /random|uniform/i.test(op))).toEqual([]);
});
