/** Threefry-2x32-20 as TensorFlow nodes on words of 32 bits: the same numbers as src/random/threefry.ts. */
import { sizeOf, type Dims } from "../compiler/ir/type.js";
import type { TensorFlowGraph, TensorFlowValue } from "./tensorflow.js";

/** Skein's key-schedule parity for 32-bit words. */
const parity = 0x1bd11bda;

/** R_32x2 in Random123: rounds use them in turn, four at a time. */
const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

const asWords = { type: { type: "u32" } } as const;

/** Uniform numbers in [0, 1): element i from word `i & 1` of block (i >> 1, step), its top 24 bits / 2^24. */
export const threefryNodes = (
  graph: TensorFlowGraph,
  step: TensorFlowValue,
  key: readonly [number, number],
  shape: Dims,
): TensorFlowValue => {
  const [one, zero] = [graph.constant("i32", 1, []), graph.constant("i32", 0, [])];
  const count = graph.node("Reshape", [graph.sizes([sizeOf(shape)]), graph.constant("i32", [])]);
  const pairs = graph.node("RightShift", [graph.node("AddV2", [count, one]), one]);
  const places = graph.node("Range", [zero, pairs, one], { T: undefined });
  const words = (value: TensorFlowValue): TensorFlowValue => graph.node("Bitcast", [value], asWords, "u32");
  const both = blocks(graph, [words(places), words(step)], key);
  const inTurn = graph.node("Pack", both, { N: { int: 2 }, axis: { int: 1 } });
  // Two words a block, of which an odd end leaves one.
  const flat = graph.node("Reshape", [inTurn, graph.constant("i32", [-1])]);
  const wanted = graph.node("Slice", [flat, graph.constant("i32", [0]), graph.sizes([sizeOf(shape)])], {
    Index: { type: "i32" },
  });
  const top = graph.node("RightShift", [wanted, graph.constant("u32", 8, [])]);
  const asFloat = { T: undefined, SrcT: { type: "u32" }, DstT: { type: "f32" } } as const;
  const number = graph.node("Cast", [top], asFloat, "f32");
  const unit = graph.node("Mul", [number, graph.constant("f32", 2 ** -24, [])]);
  return graph.node("Reshape", [unit, graph.sizes(shape)]);
};

/** 20 rounds, the key added before them and after every fourth. */
const blocks = (
  graph: TensorFlowGraph,
  [counter0, counter1]: readonly [TensorFlowValue, TensorFlowValue],
  [key0, key1]: readonly [number, number],
): readonly [TensorFlowValue, TensorFlowValue] => {
  const word = (value: number): TensorFlowValue => graph.constant("u32", value >>> 0, []);
  const plus = (a: TensorFlowValue, b: TensorFlowValue): TensorFlowValue => graph.node("AddV2", [a, b]);
  const keys = [key0, key1, parity ^ key0 ^ key1] as const;
  const keyAt = (injection: number): number => keys[injection % 3] ?? 0;
  let x0 = plus(counter0, word(keyAt(0)));
  let x1 = plus(counter1, word(keyAt(1)));
  for (let injection = 1; injection <= 5; injection++) {
    for (const turn of rotations[(injection - 1) % 2] ?? []) {
      x0 = plus(x0, x1);
      const left = graph.node("LeftShift", [x1, word(turn)]);
      const right = graph.node("RightShift", [x1, word(32 - turn)]);
      x1 = graph.node("BitwiseXor", [graph.node("BitwiseOr", [left, right]), x0]);
    }
    x0 = plus(x0, word(keyAt(injection)));
    x1 = plus(x1, word(keyAt(injection + 1) + injection));
  }
  return [x0, x1];
};
