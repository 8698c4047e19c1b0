/** Folds along the columns of each row: `out[r]` takes in the values of row r, four columns at once. */
import { invariant } from "../../../../../errors.js";
import { variablesOf } from "../../../../../formula/formula.js";
import {
  countUp,
  f32x4,
  i32,
  i32x4,
  repeat,
  shuffle32,
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

interface Pointer extends Movement {
  readonly name: string;
  readonly base: Local<"i32">;
  readonly step: Local<"i32">;
  /** Where the input is one value a row: that. */
  readonly value: Local<"v128">;
}

/**
 * Parameters: rows, bytes of a row, the step of the results from row to row (0: all rows fold into one), an address for each
 * member's result, then for each input its address and its step.
 */
export const rowsModule = (source: ReductionSource): WasmFunction => {
  const outs = source.members.map((_, index) => `out${index}`);
  const names = source.inputs.flatMap((_, index) => [`x${index}`, `step${index}`]);
  const used = new Set(source.members.flatMap(({ formula }) => [...variablesOf(formula)]));
  return wasmFunction<string>("reduceRows", ["rows", "bytes", "outStep", ...outs, ...names], (parameters, locals) => {
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
        {
          ...movement,
          name,
          base: parameter(name),
          step: parameter(`step${index}`),
          value: locals.v128(`${name}.row`),
        },
      ];
    });
    const [i, row, end] = [locals.i32("i"), locals.i32("row"), locals.i32("end")];
    const sums = source.members.map((_, member) => locals.v128(`sum${member}`));
    const converted = ({ dtype }: Movement, lanes: V128): V128 =>
      dtype === "int32" ? f32x4.convert_i32x4_s(lanes) : lanes;
    const sumOf = (member: number): Local<"v128"> => {
      const sum = sums[member];
      invariant(sum, "a sum for each member");
      return sum;
    };
    /** One access; of the tail's only the first lane counts. */
    const element = (lanes: Lanes): readonly Statement[] => {
      const statements: Statement[] = [];
      const emit = emitter(scope(locals, known, statements), (name) => {
        const pointer = pointers.find((one) => one.name === name);
        if (pointer === undefined) return f32x4.const(Number.NaN); // as the reference: an input that is not there
        return pointer.byColumn ? converted(pointer, lanes.load(i32.add(pointer.base, i))) : pointer.value;
      });
      source.members.forEach(({ by, formula }, member) => {
        const value = emit(formula);
        const counted =
          lanes === four ? value : v128.bitselect(value, f32x4.const(neutral(by)), i32x4.const(-1, 0, 0, 0));
        statements.push(sumOf(member).set(folded(by, sumOf(member), counted)));
      });
      return statements;
    };
    const across = (by: "sum" | "max", sum: Local<"v128">): readonly Statement[] => [
      sum.set(folded(by, sum, shuffle32(sum, sum, [2, 3, 0, 1]))),
      sum.set(folded(by, sum, shuffle32(sum, sum, [1, 0, 3, 2]))),
    ];
    const bytes = parameter("bytes");
    const vectors = element(four);
    const last = element(single);
    const advance = (pointer: Local<"i32">, by: Local<"i32">): Statement => pointer.set(i32.add(pointer, by));
    return [
      ...known.statements,
      end.set(i32.and(bytes, -16)),
      repeat(row, parameter("rows"), [
        ...pointers.flatMap((pointer) =>
          pointer.byColumn ? [] : [pointer.value.set(converted(pointer, v128.load32_splat(pointer.base)))],
        ),
        ...source.members.map(({ by }, member) => sumOf(member).set(f32x4.const(neutral(by)))),
        countUp(i, { from: 0, to: end, step: 16 }, vectors),
        countUp(i, { from: end, to: bytes, step: 4 }, last),
        ...source.members.flatMap(({ by }, member) => {
          const out = parameter(`out${member}`);
          return [
            ...across(by, sumOf(member)),
            single.store(out, folded(by, single.load(out), sumOf(member))),
            advance(out, parameter("outStep")),
          ];
        }),
        ...pointers.map(({ base, step }) => advance(base, step)),
      ]),
    ];
  });
};
