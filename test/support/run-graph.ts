/** Runs graphs on devices with numbers in and numbers out, and says how far results are apart. */
import type { Device } from "../../src/backends/backend.js";
import { graphBuilder, type GraphBuilder } from "../../src/compiler/ir/builder.js";
import type { Attributes, Graph, Value } from "../../src/compiler/ir/graph.js";
import { parseType, type TensorType } from "../../src/compiler/ir/type.js";
import type { Pass } from "../../src/compiler/passes/pass.js";
import { requiredPasses } from "../../src/compiler/pipeline.js";
import { orThrow } from "../../src/errors.js";
import { operators } from "../../src/ops/registry.js";
import { compileGraph } from "../../src/run/compiled-graph.js";

export interface Numbered {
  readonly dtype: "f32" | "i32";
  readonly shape: readonly number[];
  readonly data: readonly number[] | Float64Array;
}

export const typeOf = (text: string): TensorType => {
  const type = parseType(text);
  if (type === undefined) throw new Error(`no type: ${text}`);
  return type;
};

/** A graph of one operator on inputs named 0, 1, … with result "y". */
export const operatorGraph = (
  op: string,
  inputs: readonly TensorType[],
  attrs: Attributes,
): { builder: GraphBuilder; fed: readonly Value[]; output: Value } => {
  const builder = graphBuilder(operators);
  const fed = inputs.map(({ dtype, shape }, i) => builder.emit("input", [], { name: String(i), dtype, shape }));
  return { builder, fed, output: builder.emit(op, fed, attrs) };
};

/** Runs a graph; the results by name. Everything else is released again. */
export const runGraph = async (
  graph: Graph,
  device: Device,
  feeds: readonly Numbered[],
  passes: readonly Pass[] = requiredPasses,
): Promise<Readonly<Record<string, Float64Array>>> => {
  const compiled = compileGraph(graph, { registry: operators, device, stableWeights: false, passes, verifyEach: true });
  const buffers = feeds.map(({ data, dtype, shape }) =>
    device.upload(dtype === "i32" ? Int32Array.from(data) : Float64Array.from(data), { dtype, shape }),
  );
  const feed = (name: string): (typeof buffers)[number] => {
    const buffer = buffers[Number(name)];
    if (buffer === undefined) throw new Error(`nothing is fed for ${name}`);
    return buffer;
  };
  const results = orThrow(await compiled.run(1, { input: feed, parameter: feed, state: feed }));
  const read = await Promise.all(
    results.map(async (buffer, i) => {
      const numbers = Float64Array.from(await device.read(buffer));
      device.release(buffer);
      return [compiled.graph.outputs[i]?.name ?? "", numbers] as const;
    }),
  );
  for (const buffer of buffers) device.release(buffer);
  compiled.dispose();
  return Object.fromEntries(read);
};

export const runOperator = async (
  device: Device,
  op: string,
  inputs: readonly Numbered[],
  attrs: Attributes,
  passes?: readonly Pass[],
): Promise<Float64Array> => {
  const { builder, output } = operatorGraph(op, inputs, attrs);
  const { y } = await runGraph(
    builder.finish([{ kind: "result", name: "y", value: output.id }]),
    device,
    inputs,
    passes,
  );
  return y ?? new Float64Array();
};

/** ‖a − b‖₂ / max(‖b‖₂, tiny), over the finite places; Infinity when a NaN or infinity stands in one only. */
export const relativeError = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < a.length; i++) {
    const [x = 0, y = 0] = [a[i], b[i]];
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      if (!Object.is(x, y)) return Number.POSITIVE_INFINITY;
      continue;
    }
    difference += (x - y) ** 2;
    norm += y ** 2;
  }
  return Math.sqrt(difference) / Math.max(Math.sqrt(norm), 1e-12);
};
