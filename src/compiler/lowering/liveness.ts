/** Where buffers die: each slot is freed right after its last reader. */
import { fillsOf, readsOf, type Step } from "./program.js";

/** Adds a `free` after the last use of every slot that the steps make and that need not outlive them. */
export const placeFrees = (steps: readonly Step[], kept: ReadonlySet<number>): readonly Step[] => {
  const last = new Map<number, number>();
  steps.forEach((step, index) => {
    for (const slot of fillsOf(step)) last.set(slot, index);
    for (const slot of readsOf(step)) if (last.has(slot)) last.set(slot, index);
  });
  const dying = new Map<number, number[]>();
  for (const [slot, index] of last) if (!kept.has(slot)) dying.set(index, [...(dying.get(index) ?? []), slot]);
  return steps.flatMap((step, index): readonly Step[] => [
    step,
    ...(dying.get(index) ?? []).map((slot): Step => ({ kind: "free", slot })),
  ]);
};
