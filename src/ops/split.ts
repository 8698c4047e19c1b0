/** Cuts a value into equal parts along its last axis, as emitted slices: how groups are taken apart. */
import { invariant } from "../errors.js";
import type { Emit, Value } from "../compiler/ir/graph.js";

export const splitLastAxis = (value: Value, parts: number, emit: Emit): readonly Value[] => {
  const { shape } = value.type;
  const last = shape.at(-1);
  invariant(
    typeof last === "number" && last % parts === 0,
    `${String(last)} channels do not split into ${parts} parts`,
  );
  const before = shape.slice(0, -1);
  return Array.from({ length: parts }, (_, part) =>
    emit("slice", [value], { begin: [...before.map(() => 0), (part * last) / parts], size: [...before, last / parts] }),
  );
};
