/** Folds along rows: `out[c]` takes in the values of column c, several columns side by side. */
import { invariant } from "../../../../../errors.js";
import { variablesOf } from "../../../../../formula/formula.js";
import {
  countUp,
  f32x4,
  i32,
  repeat,
  v128,
  wasmFunction,
  type Local,
  type Statement,
  type V128,
  type WasmFunction,
} from "../../assembler/index.js";
import { emitter } from "../elementwise/generate.js";
import { constants, scope } from "../elementwise/scope.js";
import { four, single, type Lanes } from "../lanes.js";
import { folded, neutral, type Movement, type ReductionSource } from "./source.js";

/** Accumulators that fit into registers beside what formulas need. */
const registers = 8;

interface Pointer extends Movement {
  readonly name: string;
  /** Where the input begins, and its step in bytes from row to row. */
  readonly base: Local<"i32">;
  readonly step: Local<"i32">;
  /** Where the present row's present columns are. */
  readonly at: Local<"i32">;
}

/** Parameters: rows, bytes of a row, an address for each member's result, then for each input its address and its step. */
export const columnsModule = (source: ReductionSource): WasmFunction => {
  const outs = source.members.map((_, index) => `out${index}`);
  const names = source.inputs.flatMap((_, index) => [`x${index}`, `step${index}`]);
  const used = new Set(source.members.flatMap(({ formula }) => [...variablesOf(formula)]));
  return wasmFunction<string>("reduceColumns", ["rows", "bytes", ...outs, ...names], (parameters, locals) => {
    const parameter = (name: string): Local<"i32"> => {
      const found = parameters[name];
      invariant(found, `the kernel has a parameter ${name}`);
      return found;
    };
    const known = constants(locals);
    const pointers = source.inputs.flatMap((movement, index): readonly Pointer[] => {
      const name = `x${index}` as const;
      if (!used.has(name)) return [];
      return [
        { ...movement, name, base: parameter(name), step: parameter(`step${index}`), at: locals.i32(`at${index}`) },
      ];
    });
    const [i, row] = [locals.i32("i"), locals.i32("row")];
    const width = Math.max(1, Math.min(4, Math.floor(registers / source.members.length)));

    /** Columns from i on, `count` accesses of `lanes` for each member. */
    const columns = (count: number, lanes: Lanes): readonly Statement[] => {
      const places = Array.from({ length: count }, (_, place) => lanes.bytes * place);
      const load = ({ dtype }: Movement, lanesOf: V128): V128 =>
        dtype === "int32" ? f32x4.convert_i32x4_s(lanesOf) : lanesOf;
      const sums = source.members.map((_, member) =>
        places.map((_place, place) => locals.v128(`sum${member}.${place}`)),
      );
      // What does not change from row to row is read once.
      const still = pointers.filter(({ byRow }) => !byRow);
      const moving = pointers.filter(({ byRow }) => byRow);
      const stillValues = new Map(
        still.map((pointer) => [pointer.name, places.map((_, place) => locals.v128(`${pointer.name}.${place}`))]),
      );
      const before = still.flatMap((pointer) =>
        places.map((offset, place): Statement => {
          const local = stillValues.get(pointer.name)?.[place];
          invariant(local, `a local for ${pointer.name}`);
          return local.set(
            load(
              pointer,
              pointer.byColumn ? lanes.load(i32.add(pointer.base, i), offset) : v128.load32_splat(pointer.base),
            ),
          );
        }),
      );
      const body: Statement[] = [];
      const rowValues = new Map<string, V128>();
      for (const pointer of moving)
        if (!pointer.byColumn) {
          const local = locals.v128(pointer.name);
          body.push(local.set(load(pointer, v128.load32_splat(pointer.at))));
          rowValues.set(pointer.name, local);
        }
      places.forEach((offset, place) => {
        const emit = emitter(scope(locals, known, body), (name) => {
          const pointer = pointers.find((one) => one.name === name);
          if (pointer === undefined) return f32x4.const(Number.NaN); // as the reference: an input that is not there
          return stillValues.get(name)?.[place] ?? rowValues.get(name) ?? load(pointer, lanes.load(pointer.at, offset));
        });
        source.members.forEach(({ by, formula }, member) => {
          const sum = sums[member]?.[place];
          invariant(sum, "a sum for each member and place");
          body.push(sum.set(folded(by, sum, emit(formula))));
        });
      });
      return [
        ...source.members.flatMap(({ by }, member) =>
          (sums[member] ?? []).map((sum) => sum.set(f32x4.const(neutral(by)))),
        ),
        ...before,
        ...moving.map(({ at, base, byColumn }) => at.set(byColumn ? i32.add(base, i) : base)),
        repeat(row, parameter("rows"), [...body, ...moving.map(({ at, step }) => at.set(i32.add(at, step)))]),
        ...source.members.flatMap(({ by }, member) => {
          const out = i32.add(parameter(`out${member}`), i);
          return places.map((offset, place): Statement => {
            const sum = sums[member]?.[place];
            invariant(sum, "a sum for each member and place");
            return lanes.store(out, folded(by, lanes.load(out, offset), sum), offset);
          });
        }),
      ];
    };

    const bytes = parameter("bytes");
    const wide = columns(width, four);
    const vector = columns(1, four);
    const last = columns(1, single);
    const [wideEnd, vectorEnd] = [locals.i32("wideEnd"), locals.i32("vectorEnd")];
    return [
      ...known.statements,
      vectorEnd.set(i32.and(bytes, -16)),
      wideEnd.set(i32.sub(bytes, i32.rem_u(bytes, 16 * width))),
      countUp(i, { from: 0, to: wideEnd, step: 16 * width }, wide),
      countUp(i, { from: wideEnd, to: vectorEnd, step: 16 }, vector),
      countUp(i, { from: vectorEnd, to: bytes, step: 4 }, last),
    ];
  });
};
