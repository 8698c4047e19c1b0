/** The function of formulas over many tensors: it walks a table of cells, and in each reads every input once for all formulas. */
import { invariant } from "../../../../../errors.js";
import type { Formula } from "../../../../../formula/formula.js";
import { formulaKey } from "../../../../../formula/key.js";
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
import type { Access } from "../elementwise/module.js";
import { constants, scope } from "../elementwise/scope.js";
import { four, single, type Lanes } from "../lanes.js";

/** What cells have in common: each formula has a result as long as the inputs of kind `row`. */
export interface CellSource {
  readonly formulas: readonly Formula[];
  readonly inputs: readonly Access[];
}

export const cellKey = ({ formulas, inputs }: CellSource): string =>
  `cells ${formulas.map(formulaKey).join("; ")} of ${inputs.map(({ kind, dtype }) => `${kind} ${dtype}`).join()}`;

/** An entry of the table, in 32-bit words: the bytes of a result, the address of each result, the address of each input. */
export const entryWords = ({ formulas, inputs }: CellSource): number => 1 + formulas.length + inputs.length;

/** Parameters: the address of the table, and how many entries it has. */
export const cellsModule = (source: CellSource): WasmFunction =>
  wasmFunction("cells", ["table", "count"], ({ table, count }, locals) => {
    const known = constants(locals);
    const [cell, i, bytes, end] = [locals.i32("cell"), locals.i32("i"), locals.i32("bytes"), locals.i32("end")];
    const outs = source.formulas.map((_, index) => locals.i32(`out${index}`));
    const pointers = source.inputs.map((access, index) => ({
      access,
      pointer: locals.i32(`x${index}`),
      value: locals.v128(`value${index}`),
    }));
    const word = (local: Local<"i32">, index: number): Statement => local.set(i32.load(table, 4 * index));
    const converted = ({ dtype }: Access, lanes: V128): V128 =>
      dtype === "int32" ? f32x4.convert_i32x4_s(lanes) : lanes;
    const element = ({ load, store }: Lanes): readonly Statement[] => {
      const statements: Statement[] = [];
      const emit = emitter(scope(locals, known, statements), (name) => {
        const input = pointers[Number(name.slice(1))];
        if (input === undefined) return f32x4.const(Number.NaN); // as the reference: an input that is not there
        const { access, pointer, value } = input;
        return access.kind === "value" ? value : converted(access, load(i32.add(pointer, i)));
      });
      const values = source.formulas.map(emit);
      // All are computed before one is stored: a result may lie where an input did.
      return [
        ...statements,
        ...outs.map((out, index) => {
          const value = values[index];
          invariant(value, "a value for each result");
          return store(i32.add(out, i), value);
        }),
      ];
    };
    const vectors = element(four);
    const last = element(single);
    return [
      ...known.statements,
      repeat(cell, count, [
        word(bytes, 0),
        ...outs.map((out, index) => word(out, 1 + index)),
        ...pointers.map(({ pointer }, index) => word(pointer, 1 + outs.length + index)),
        ...pointers
          .filter(({ access }) => access.kind === "value")
          .map(({ access, pointer, value }) => value.set(converted(access, v128.load32_splat(pointer)))),
        end.set(i32.and(bytes, -16)),
        countUp(i, { from: 0, to: end, step: 16 }, vectors),
        countUp(i, { from: end, to: bytes, step: 4 }, last),
        table.set(i32.add(table, 4 * entryWords(source))),
      ]),
    ];
  });
