/** The cases of onnx's own backend tests, as scripts/goldens/make_onnx_nodes.py packs them. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { Device } from "../../src/backends/backend.js";
import type { Pass } from "../../src/compiler/passes/pass.js";
import { sourceName } from "../../src/compiler/ir/graph.js";
import { E } from "../../src/fp.js";
import { orThrow } from "../../src/errors.js";
import { readOnnx, type OnnxModel } from "../../src/io/onnx/read/index.js";
import { decodeTensor, type DecodedTensor } from "../../src/io/onnx/read/numbers.js";
import {
  ModelProtoSchema,
  TensorProtoSchema,
  TensorProto_DataType,
  type ModelProto,
  type TensorProto,
} from "../../src/io/onnx/onnx_pb.js";
import { operators } from "../../src/ops/registry.js";
import { compileGraph } from "../../src/run/compiled-graph.js";

type Place = readonly [start: number, end: number];

interface PackedCase {
  readonly name: string;
  readonly model: Place;
  readonly data: readonly { readonly inputs: readonly (Place | null)[]; readonly outputs: readonly (Place | null)[] }[];
  readonly rtol: number;
  readonly atol: number;
}

export interface OnnxCase {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly model: ModelProto;
  readonly data: readonly {
    readonly inputs: readonly (TensorProto | undefined)[];
    readonly outputs: readonly (TensorProto | undefined)[];
  }[];
  readonly rtol: number;
  readonly atol: number;
}

/** All cases, and the names of those whose arrays are too large for the fixture. */
export const onnxCases = (): {
  readonly cases: readonly OnnxCase[];
  readonly leftOut: readonly string[];
  readonly version: string;
} => {
  const file = gunzipSync(readFileSync(new URL("../fixtures/onnx/node-cases.bin.gz", import.meta.url)));
  const length = file.readUInt32LE(0);
  const header: { readonly onnx: string; readonly leftOut: readonly string[]; readonly cases: readonly PackedCase[] } =
    JSON.parse(file.subarray(4, 4 + length).toString());
  const at = ([start, end]: Place): Uint8Array => file.subarray(4 + length + start, 4 + length + end);
  const tensor = (place: Place | null): TensorProto | undefined =>
    place === null ? undefined : fromBinary(TensorProtoSchema, at(place));
  const cases = header.cases.map(({ name, model, data, rtol, atol }) => ({
    name,
    rtol,
    atol,
    bytes: at(model),
    model: fromBinary(ModelProtoSchema, at(model)),
    data: data.map(({ inputs, outputs }) => ({ inputs: inputs.map(tensor), outputs: outputs.map(tensor) })),
  }));
  return { cases, leftOut: header.leftOut, version: header.onnx };
};

const none = (): undefined => undefined;
export const decoded = (tensor: TensorProto): DecodedTensor => decodeTensor(tensor, none);

/** What a case's file gives as an input at run time: everything, what is no float as numbers in the file, or the first only. */
export type Given = "inputs" | "floats" | "first";

const isFloat = (tensor: TensorProto): boolean =>
  [
    TensorProto_DataType.FLOAT,
    TensorProto_DataType.DOUBLE,
    TensorProto_DataType.FLOAT16,
    TensorProto_DataType.BFLOAT16,
  ].includes(tensor.dataType);

/** The model with some inputs as initialisers, and the others' places. */
const withInitialisers = (
  one: OnnxCase,
  given: Given,
): { readonly bytes: Uint8Array; readonly fed: readonly number[] } => {
  const { graph } = one.model;
  const [{ inputs } = { inputs: [] }] = one.data;
  const fed = inputs.flatMap((tensor, index) =>
    given === "inputs" || (given === "first" ? index === 0 : tensor === undefined || isFloat(tensor)) ? [index] : [],
  );
  if (given === "inputs" || graph === undefined) return { bytes: one.bytes, fed };
  const initializer = inputs.flatMap((tensor, index) =>
    tensor === undefined || fed.includes(index) ? [] : [{ ...tensor, name: graph.input[index]?.name ?? "" }],
  );
  const model = create(ModelProtoSchema, {
    ...one.model,
    graph: { ...graph, initializer: [...graph.initializer, ...initializer] },
  });
  return { bytes: toBinary(ModelProtoSchema, model), fed };
};

export interface Readable {
  readonly kind: "read";
  readonly model: OnnxModel;
  readonly given: Given;
  /** Places of the inputs that are fed. */
  readonly fed: readonly number[];
}
export type Outcome =
  | Readable
  | { readonly kind: "unsupported"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

/** Reads a case: as it is, or with what has to be known in the file. */
export const readCase = (one: OnnxCase): Outcome => {
  let reason = "";
  for (const given of ["inputs", "floats", "first"] as const) {
    const { bytes, fed } = withInitialisers(one, given);
    const read = readOnnx(bytes);
    if (E.isRight(read)) return { kind: "read", model: read.right, given, fed };
    if (read.left.tag !== "Unsupported") return { kind: "failed", reason: read.left.message };
    if (reason === "") reason = read.left.message;
    if (!/run time/.test(read.left.message)) return { kind: "unsupported", reason: read.left.message };
  }
  return { kind: "unsupported", reason };
};

/** Runs a case that was read: what differs from ONNX's numbers by more than the case allows. */
export const runCase = async (
  one: OnnxCase,
  { model: { graph, weights }, fed }: Readable,
  device: Device,
  passes: readonly Pass[],
): Promise<readonly string[]> => {
  const compiled = compileGraph(graph, { registry: operators, device, stableWeights: true, passes, verifyEach: true });
  const stored = new Map(
    [...weights].map(([name, { shape, data }]) => [name, device.upload(data, { dtype: "f32", shape })]),
  );
  const weight = (name: string): ReturnType<Device["upload"]> => {
    const buffer = stored.get(name);
    if (buffer === undefined) throw new Error(`no weight ${name}`);
    return buffer;
  };
  const differences: string[] = [];
  const inputs = graph.nodes.filter(({ op }) => op === "input");
  for (const { inputs: arrays, outputs } of one.data) {
    const tensors = fed.map((index) => arrays[index]).filter((tensor) => tensor !== undefined);
    const [first] = tensors;
    const batch = first === undefined ? 1 : (decoded(first).shape[0] ?? 1);
    const feeds = new Map(
      inputs.map((node, index) => {
        const tensor = tensors[index];
        if (tensor === undefined) throw new Error(`no array for input ${index}`);
        const { data, shape } = decoded(tensor);
        return [sourceName(node), device.upload(Float32Array.from(data), { dtype: "f32", shape })] as const;
      }),
    );
    const input = (name: string): ReturnType<Device["upload"]> => feeds.get(name) ?? weight(name);
    const results = orThrow(await compiled.run(batch, { input, parameter: weight, state: weight }));
    for (const [index, buffer] of results.entries()) {
      const wanted = outputs[index];
      const got = await device.read(buffer);
      if (wanted !== undefined) {
        const rtol = Math.max(one.rtol, roundings.get(wanted.dataType) ?? 0);
        const text = difference(decoded(wanted), { shape: buffer.type.shape, data: got }, { rtol, atol: one.atol });
        if (text !== undefined) differences.push(`${graph.outputs[index]?.name ?? index}: ${text}`);
      }
      device.release(buffer);
    }
    for (const buffer of feeds.values()) device.release(buffer);
  }
  for (const buffer of stored.values()) device.release(buffer);
  compiled.dispose();
  return differences;
};

/** Our float32 has more digits than ONNX's short floats: their rounding at each step is allowed four times. */
const roundings: ReadonlyMap<number, number> = new Map([
  [TensorProto_DataType.FLOAT16, 2 ** -9],
  [TensorProto_DataType.BFLOAT16, 2 ** -6],
]);

/** NumPy's allclose, NaN equal to NaN. */
const difference = (
  wanted: { readonly shape: readonly number[]; readonly data: ArrayLike<number> },
  got: { readonly shape: readonly number[]; readonly data: ArrayLike<number> },
  { rtol, atol }: Pick<OnnxCase, "rtol" | "atol">,
): string | undefined => {
  if (wanted.shape.join() !== got.shape.join()) return `[${got.shape.join(", ")}] is not [${wanted.shape.join(", ")}]`;
  for (let i = 0; i < wanted.data.length; i++) {
    const [a = Number.NaN, b = Number.NaN] = [got.data[i], wanted.data[i]];
    if (Object.is(a, b) || a === b) continue;
    if (!(Math.abs(a - b) <= atol + rtol * Math.abs(b))) return `element ${i} is ${a}, not ${b}`;
  }
  return undefined;
};
