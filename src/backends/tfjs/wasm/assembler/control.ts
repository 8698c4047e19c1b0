/** Control flow: block, loop, branch, if, and the counted loop of which kernels are made. */
import type { I32, Label, Statement } from "./expression.js";
import { i32, toI32, type I32Operand } from "./scalar.js";
import type { Local } from "./function.js";

export const label = (name: string): Label => ({ name });

export const block = (target: Label, body: readonly Statement[]): Statement => ({ kind: "block", label: target, body });
export const loop = (target: Label, body: readonly Statement[]): Statement => ({ kind: "loop", label: target, body });
export const branch = (target: Label): Statement => ({ kind: "branch", label: target, condition: undefined });
export const branchIf = (target: Label, condition: I32): Statement => ({ kind: "branch", label: target, condition });
export const when = (condition: I32, then: readonly Statement[], otherwise: readonly Statement[] = []): Statement => ({
  kind: "if",
  condition,
  accepted: then,
  otherwise,
});

/**
 * `for (i = from; i < to; i += step) body`, unsigned. `to` and `step` are evaluated on every turn: keep them in locals.
 * The test stands at the end of the loop, so that a turn costs one branch.
 */
export const countUp = (
  i: Local<"i32">,
  range: { readonly from: I32Operand; readonly to: I32Operand; readonly step?: I32Operand },
  body: readonly Statement[],
): Statement => {
  const done = label(`${i.label}.done`);
  const next = label(`${i.label}.next`);
  return block(done, [
    i.set(toI32(range.from)),
    branchIf(done, i32.ge_u(i, range.to)),
    loop(next, [...body, i.set(i32.add(i, range.step ?? 1)), branchIf(next, i32.lt_u(i, range.to))]),
  ]);
};

/** Runs `body` `times` times, counting `counter` down from it (and leaving it at 0). */
export const repeat = (counter: Local<"i32">, times: I32Operand, body: readonly Statement[]): Statement => {
  const done = label(`${counter.label}.done`);
  const next = label(`${counter.label}.next`);
  return block(done, [
    branchIf(done, i32.eqz(counter.tee(toI32(times)))),
    loop(next, [...body, branchIf(next, counter.tee(i32.sub(counter, 1)))]),
  ]);
};
