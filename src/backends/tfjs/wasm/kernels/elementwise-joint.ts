/** `elementwiseJoint`: formulas over many tensors as one call, such as the optimiser's update of all weights. Attribute `members`. */
import { invariant } from "../../../../errors.js";
import { isFormula } from "../../../../formula/check.js";
import type { Callable } from "../assembler/index.js";
import { batchesOf, type Batch, type Member } from "./elementwise-joint/cells.js";
import { cellKey, cellsModule, entryWords } from "./elementwise-joint/module.js";
import { addressOf, bytesOf, compile, planner, sizeOf, withScratch } from "./kernel.js";
import { firstOf, makeOutputs, type JointKernel } from "./joint-kernel.js";

interface Plan {
  readonly batches: readonly (Batch & { readonly run: Callable })[];
  /** The table of the largest batch, in words. */
  readonly words: number;
}

const dtypeOf = (dtype: string): "float32" | "int32" => {
  invariant(dtype === "float32" || dtype === "int32", `elementwiseJoint takes float32 and int32, not ${dtype}`);
  return dtype;
};

const isMember = (value: unknown): value is Member =>
  typeof value === "object" && value !== null && "formula" in value && isFormula(value.formula) && "inputs" in value;

const planOf = planner(({ backend, inputs, attributes: { members, sizes } }): Plan => {
  invariant(
    Array.isArray(members) && members.every(isMember) && Array.isArray(sizes),
    "attributes of elementwiseJoint",
  );
  const tensors = inputs.map(({ shape, dtype }) => ({ size: sizeOf(shape), dtype: dtypeOf(dtype) }));
  const batches = batchesOf(members, sizes.map(Number), tensors).map((batch) => ({
    ...batch,
    run: compile(backend, cellKey(batch.source), () => cellsModule(batch.source)),
  }));
  return {
    batches,
    words: Math.max(...batches.map(({ source, cells }) => cells.length * entryWords(source))),
  };
});

export const elementwiseJoint: JointKernel = {
  name: "elementwiseJoint",
  written: (call) => planOf({ ...call, output: firstOf(call) }).batches.map(({ run }) => run),
  run: (call) => {
    const { backend, attributes, outputs } = call;
    const first = firstOf(call);
    const plan = planOf({ backend, inputs: call.inputs, output: first, attributes });
    const made = makeOutputs(backend, outputs);
    const to = made.map((output) => addressOf(backend, output));
    const from = call.inputs.map((input) => addressOf(backend, input));
    withScratch(backend, plan.words, (table) => {
      for (const { cells, run } of plan.batches) {
        const words = new Int32Array(bytesOf(backend).buffer, table, plan.words);
        let word = 0;
        for (const { size, members, inputs } of cells) {
          words[word++] = 4 * size;
          for (const member of members) words[word++] = to[member] ?? 0;
          for (const input of inputs) words[word++] = from[input] ?? 0;
        }
        run(table, cells.length);
      }
    });
    return made;
  },
};
