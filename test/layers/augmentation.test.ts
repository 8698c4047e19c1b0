/** Augmentation layers: in training what Keras's do with the same random numbers, on each backend; in inference nothing, or the middle. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Device } from "../../src/backends/backend.js";
import { graphBuilder } from "../../src/compiler/ir/builder.js";
import type { Value } from "../../src/compiler/ir/graph.js";
import { concreteShape } from "../../src/compiler/ir/type.js";
import { defaultPasses } from "../../src/compiler/pipeline.js";
import { orReject } from "../../src/errors.js";
import { input } from "../../src/index.js";
import type { LayerSpec, Mode } from "../../src/ops/layer.js";
import { operators } from "../../src/ops/registry.js";
import { isPoisoned } from "../../src/shape/shape.js";
import { backendsUnderTest } from "../support/backends.js";
import {
  augmentationCases,
  augmentationCount,
  picturesOf,
  type AugmentationCase,
} from "../support/augmentation-cases.js";
import { noteGolden } from "../support/golden-notes.js";
import { runGraph, type Numbered } from "../support/run-graph.js";
import { makeLayer } from "../support/make-layer.js";

const cases = augmentationCases.filter(({ layer }) => /^random|^centerCrop/.test(layer));

/** The layer of a case as its specification. */
const specOf = ({ layer, options, shape }: AugmentationCase): LayerSpec => {
  const made = makeLayer(layer, options)(input(shape));
  const node = made["~node"];
  if (isPoisoned(made.shape)) throw new Error(made.shape.error);
  if (node.kind !== "layer") throw new Error("a word makes one layer");
  return node.layer;
};

/** Runs a layer with the case's numbers in the place of those that it would draw. */
const run = async (device: Device, one: AugmentationCase, mode: Mode): Promise<Float64Array> => {
  const builder = graphBuilder(operators);
  const fed: Numbered[] = [];
  const feed = (shape: readonly number[], data: readonly number[]): Value => {
    fed.push({ dtype: "f32", shape, data });
    return builder.emit("input", [], { name: String(fed.length - 1), dtype: "f32", shape });
  };
  const image = feed([augmentationCount, ...one.shape], Array.from(picturesOf(one)));
  let draw = 0;
  const unused = (): never => {
    throw new Error("an augmentation layer has no weights");
  };
  const output = specOf(one).build(
    {
      mode,
      frozen: false,
      emit: builder.emit,
      uniform: ({ type }) => feed(concreteShape(type.shape, augmentationCount), one.draws[draw++] ?? []),
      parameter: unused,
      state: unused,
      update: unused,
    },
    [image],
  );
  if (mode === "training") expect(draw, "draws").toBe(one.draws.length);
  expect(output.type.shape.slice(1)).toEqual(one.outputShape);
  const graph = builder.finish([{ kind: "result", name: "y", value: output.id }]);
  const { y } = await runGraph(graph, device, fed, defaultPasses);
  return y ?? new Float64Array();
};

describe.each(backendsUnderTest.map((backend) => [backend.name, backend] as const))("on %s", (_, backend) => {
  let device: Device;
  let before = 0;
  beforeAll(async () => {
    device = await orReject(backend.load);
    before = device.memory().buffers;
  });
  afterAll(() => expect(device.memory().buffers, "buffers that were left").toBe(before));

  test.each(cases.map((one, i) => [`${i} ${one.layer} ${JSON.stringify(one.options)}`, one] as const))(
    "%s is Keras's in training, and nothing in inference",
    async (__, one) => {
      const got = await run(device, one, "training");
      expect(got.length).toBe(one.output.length);
      // Places between pixels are float32 in Keras and here: 1e-5 of a pixel moves a value by as much.
      const worst = got.reduce((most, value, i) => Math.max(most, Math.abs(value - (one.output[i] ?? Infinity))), 0);
      expect(worst / one.scale).toBeLessThan(2e-5);
      noteGolden({
        section: "augmentation",
        name: one.layer,
        backend: backend.name,
        errors: { "in training": worst / one.scale },
      });
      if (/[cC]rop/.test(one.layer)) return;
      expect(Array.from(await run(device, one, "inference"), Math.fround)).toEqual(Array.from(picturesOf(one)));
    },
  );
});
