/** Seeded damage to real .onnx files, to bytes and to messages, and what must hold of every reading of them. */
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect } from "vitest";
import { verify } from "../../../src/compiler/ir/verify.js";
import { orThrow } from "../../../src/errors.js";
import { E } from "../../../src/fp.js";
import { onnxOf } from "../../../src/io/onnx/of-model.js";
import { readOnnx } from "../../../src/io/onnx/read/index.js";
import { ModelProtoSchema } from "../../../src/io/onnx/onnx_pb.js";
import { operators } from "../../../src/ops/registry.js";
import { inferenceGraph } from "../../../src/run/inference-graph.js";
import { initialWeights } from "../../../src/run/initial-weights.js";
import { a1, bn } from "../../models/lesson-nets.js";
import { below, mutateBytes, oneOf, randomOf, type Random } from "../../support/mutate.js";
import { onnxCases } from "../../support/onnx-cases.js";

type Holder = Record<string, unknown>;

const isHolder = (value: unknown): value is Holder =>
  typeof value === "object" && value !== null && !(value instanceof Uint8Array);

/** Every place of a message: fields and items of lists, however deep. */
const slotsIn = (value: unknown, found: { readonly holder: Holder; readonly key: string }[]): void => {
  if (!isHolder(value)) return;
  for (const key of Object.keys(value)) {
    if (key.startsWith("$")) continue;
    found.push({ holder: value, key });
    slotsIn(value[key], found);
  }
};

const wholes = [
  0n,
  -1n,
  1n,
  2n,
  3n,
  7n,
  64n,
  1000n,
  2n ** 20n,
  2n ** 31n - 1n,
  2n ** 40n,
  2n ** 62n,
  -(2n ** 62n),
] as const;
const words = [
  "",
  "__proto__",
  "constructor",
  "toString",
  "../../etc/passwd",
  "Conv",
  "Reshape",
  "Resize",
  "Pad",
  "Loop",
  "x",
  "y",
  "n",
] as const;

/** Another value of the same type, so that the message can still be written. */
const changed = (value: unknown, random: Random, other: unknown): unknown => {
  if (typeof value === "bigint") return oneOf(random, wholes);
  if (typeof value === "number") return oneOf(random, [0, 1, 2, 7, 10, 2 ** 31 - 1, -1]);
  if (typeof value === "string") return typeof other === "string" && random() < 0.5 ? other : oneOf(random, words);
  if (value instanceof Uint8Array) return value.slice(0, below(random, value.length + 1));
  if (!Array.isArray(value)) return value;
  const list: unknown[] = value;
  return oneOf<() => unknown[]>(random, [
    () => [],
    () => list.slice(0, -1),
    () => [...list, ...list],
    () => list.toReversed(),
    () => list.toSpliced(below(random, list.length + 1), 1),
  ])();
};

export const mutateMessage = (bytes: Uint8Array, random: Random): Uint8Array => {
  const message = fromBinary(ModelProtoSchema, bytes);
  for (let left = 1 + below(random, 3); left > 0; left--) {
    const slots: { readonly holder: Holder; readonly key: string }[] = [];
    slotsIn(message, slots);
    const [slot, other] = [slots[below(random, slots.length)], slots[below(random, slots.length)]];
    if (slot !== undefined) slot.holder[slot.key] = changed(slot.holder[slot.key], random, other?.holder[other.key]);
  }
  try {
    return toBinary(ModelProtoSchema, message);
  } catch {
    // A number too large for its field: no such file can be.
    return bytes.slice(0, below(random, bytes.length));
  }
};

const ownFile = (net: typeof a1): Uint8Array => {
  const { graph, model } = orThrow(inferenceGraph(net));
  return orThrow(onnxOf(graph, initialWeights(model.weights, 0))).bytes;
};

/** Our own writer's nets and onnx's cases. */
const files = (): readonly Uint8Array[] => {
  const { cases } = onnxCases();
  const own = ownFile(a1);
  const normalised = ownFile(bn as never);
  return cases.flatMap(({ bytes }, i) => (i % 4 === 0 ? [own, bytes] : i % 4 === 2 ? [normalised, bytes] : [bytes]));
};

/** Reads so many damaged files: none throws, hangs, takes much memory or gives a graph that is not sound. */
export const readsDamagedFiles = (count: number, seed: number): void => {
  const random = randomOf(seed);
  const all = files();
  const before = process.memoryUsage.rss();
  let [read, slowest] = [0, 0];
  for (let i = 0; i < count; i++) {
    const file = Uint8Array.from(all[below(random, all.length)] ?? []);
    const bytes = random() < 0.4 ? mutateBytes(file, random) : mutateMessage(file, random);
    const start = performance.now();
    const outcome = readOnnx(bytes, { where: "damaged.onnx" });
    slowest = Math.max(slowest, performance.now() - start);
    if (E.isLeft(outcome)) {
      expect(["BadFile", "BadOption", "Unsupported"], `case ${i}`).toContain(outcome.left.tag);
      expect(outcome.left.message.length, `case ${i}`).toBeLessThanOrEqual(200);
      expect(outcome.left.message, `case ${i}`).toMatch(/^onnx: \S/);
      continue;
    }
    read++;
    expect(verify(outcome.right.graph, operators), `case ${i}`).toBeUndefined();
  }
  expect(read, "files that are still sound").toBeGreaterThan(count / 50);
  expect(slowest, "milliseconds of the slowest").toBeLessThan(20_000);
  expect((process.memoryUsage.rss() - before) / 2 ** 20, "MiB taken").toBeLessThan(1024);
};
