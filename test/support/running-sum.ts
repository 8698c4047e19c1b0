/** An operator as a user writes one: running sums along the last axis, of two, with a gradient of its own and no kernel anywhere. */
import { E } from "../../src/fp.js";
import type { Operator } from "../../src/operator/index.js";

type Emit = Parameters<NonNullable<Operator["decompose"]>>[0]["emit"];
type Value = ReturnType<Emit>;

const halves = (x: Value, emit: Emit): readonly [Value, Value] => {
  const part = (at: number): Value => emit("slice", [x], { begin: [0, at], size: [x.type.shape[0] ?? 1, 1] });
  return [part(0), part(1)];
};

/** [a, b] to [a, a + b], by slices. */
export const runningSum = {
  kind: "operator",
  name: "runningSum",
  traits: [],
  type: ([x]) => (x?.shape.at(-1) === 2 ? E.right(x) : E.left("runningSum: its last axis must be 2: reshape it")),
  gradient: ({ outputGradient: dy, emit }) => {
    const [first, second] = halves(dy, emit);
    return [emit("concatenate", [emit("add", [first, second]), second], { axis: 1 })];
  },
  decompose: ({ inputs: [x], emit }) => {
    if (x === undefined) return undefined;
    const [first, second] = halves(x, emit);
    return emit("concatenate", [first, emit("add", [first, second])], { axis: 1 });
  },
  flops: ({ output }) => output.shape[0] ?? 0,
} satisfies Operator;
