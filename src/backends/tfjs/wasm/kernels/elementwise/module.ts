/** The function of one formula: rows of columns; each input is a row of values or one value per row, and steps on from row to row. */
import { variablesOf, parts, type Formula } from "../../../../../formula/formula.js";
import { formulaKey } from "../../../../../formula/key.js";
import {
  countUp,
  f32x4,
  i32,
  i32x4,
  repeat,
  v128,
  wasmFunction,
  type I32,
  type Local,
  type Statement,
  type V128,
  type WasmFunction,
} from "../../assembler/index.js";
import { four, single, type Lanes } from "../lanes.js";
import { emitter } from "./generate.js";
import { constants, scope } from "./scope.js";

export interface Access {
  /** `row`: as many values as columns; `value`: one for the whole row. */
  readonly kind: "row" | "value";
  readonly dtype: "float32" | "int32";
}

export interface ElementwiseSource {
  readonly formula: Formula;
  readonly inputs: readonly Access[];
  readonly output: "float32" | "int32";
}

export const elementwiseKey = ({ formula, inputs, output }: ElementwiseSource): string =>
  `elementwise ${output} = ${formulaKey(formula)} of ${inputs.map(({ kind, dtype }) => `${kind} ${dtype}`).join()}`;

const weight = (formula: Formula): number => 1 + parts(formula).reduce((sum: number, part) => sum + weight(part), 0);

/** Formulas up to this size are done 8 elements a turn: there the loop itself costs as much as the work. */
const unrolledWeight = 12;

/**
 * Parameters: rows, bytes of a row, address of the output, then for each input its address and its step in bytes from row to row.
 * The last elements of a row go one by one through the same code in lane 0, so that every element has the same result wherever it lies.
 */
export const elementwiseModule = (source: ElementwiseSource): WasmFunction => {
  const used = source.inputs.map((_, index) => variablesOf(source.formula).has(`x${index}`));
  const names = source.inputs.flatMap((_, index) => [`x${index}`, `step${index}`] as const);
  return wasmFunction<"rows" | "bytes" | "out" | (typeof names)[number]>(
    "elementwise",
    ["rows", "bytes", "out", ...names],
    (parameters, locals) => {
      const { rows, bytes, out } = parameters;
      const pointers = source.inputs.flatMap((access, index) => {
        const pointer = parameters[`x${index}`];
        const step = parameters[`step${index}`];
        if (pointer === undefined || step === undefined || used[index] !== true) return [];
        return [{ access, name: `x${index}`, pointer, step, value: locals.v128(`value${index}`) }];
      });
      const known = constants(locals);
      const i = locals.i32("i");
      const end = locals.i32("end");
      const row = locals.i32("row");
      const converted = (access: Access, lanes: V128): V128 =>
        access.dtype === "int32" ? f32x4.convert_i32x4_s(lanes) : lanes;

      const element = ({ load, store }: Lanes, offset: number): readonly Statement[] => {
        const statements: Statement[] = [];
        const emit = emitter(scope(locals, known, statements), (name) => {
          const input = pointers.find((pointer) => pointer.name === name);
          if (input === undefined) return f32x4.const(Number.NaN); // as the reference: an input that is not there
          return input.access.kind === "value"
            ? input.value
            : converted(input.access, load(i32.add(input.pointer, i), offset));
        });
        const value = emit(source.formula);
        const stored = source.output === "int32" ? i32x4.trunc_sat_f32x4_s(value) : value;
        return [...statements, store(i32.add(out, i), stored, offset)];
      };

      const unroll = weight(source.formula) <= unrolledWeight ? 2 : 1;
      const vectors = Array.from({ length: unroll }, (_, k) => element(four, 16 * k)).flat();
      const last = element(single, 0);
      const advance = (pointer: Local<"i32">, by: I32): Statement => pointer.set(i32.add(pointer, by));
      return [
        ...known.statements,
        end.set(i32.and(bytes, -16 * unroll)),
        repeat(row, rows, [
          ...pointers
            .filter(({ access }) => access.kind === "value")
            .map(({ access, pointer, value }) => value.set(converted(access, v128.load32_splat(pointer)))),
          countUp(i, { from: 0, to: end, step: 16 * unroll }, vectors),
          countUp(i, { from: end, to: bytes, step: 4 }, last),
          advance(out, bytes),
          ...pointers.map(({ pointer, step }) => advance(pointer, step)),
        ]),
      ];
    },
  );
};
