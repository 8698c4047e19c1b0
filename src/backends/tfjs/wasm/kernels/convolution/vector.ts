/**
 * The product of one row and a matrix: c[filter] = formula(bias[filter] + Σ a[k] · b[k, filter]). What limits it is the reading of b, which
 * happens once: two panels side by side, 16 filters in 4 sums.
 */
import type { Formula } from "../../../../../formula/formula.js";
import { formulaKey } from "../../../../../formula/key.js";
import {
  branchIf,
  countUp,
  f32x4,
  i32,
  label,
  loop,
  v128,
  wasmFunction,
  type Local,
  type Statement,
  type WasmFunction,
} from "../../assembler/index.js";
import { emitter } from "../elementwise/generate.js";
import { constants, scope } from "../elementwise/scope.js";
import { multiplyAdd } from "../filter-gradient/multiply-add.js";
import { four, single, type Lanes } from "../lanes.js";
import { tileBytes, tileFilters } from "./tiles.js";

export interface VectorSource {
  readonly formula: Formula;
  readonly residual: boolean;
}

export const vectorKey = ({ formula, residual }: VectorSource): string =>
  `vector ${residual ? "residual " : ""}${formulaKey(formula)}`;

/** In the order of the parameters, as tilesModule's; `inner` is the row's size in bytes, and the bias is filled up to two tiles. */
const parameters = ["a", "inner", "b", "panel", "bias", "c", "filters", "scratch", "residual"] as const;

export const vectorModule = ({ formula, residual }: VectorSource): WasmFunction =>
  wasmFunction("vector", parameters, (p, locals) => {
    const int = (name: string): Local<"i32"> => locals.i32(name);
    const sums = Array.from({ length: 4 }, (_, k) => locals.v128(`sum${k}`));
    const splat = locals.v128("splat");
    const [at, first, second, end, i, whole, bytes] = [
      int("at"),
      int("first"),
      int("second"),
      int("end"),
      int("i"),
      int("whole"),
      int("bytes"),
    ];
    const [nextFilters, nextElement] = [label("filters"), label("k")];
    const known = constants(locals);

    const finish = ({ load, store }: Lanes): readonly Statement[] => {
      const statements: Statement[] = [];
      const emit = emitter(scope(locals, known, statements), (name) => {
        if (name === "x0") return load(i32.add(p.scratch, i));
        return residual && name === "x1" ? load(i32.add(p.residual, i)) : f32x4.const(Number.NaN);
      });
      const value = emit(formula);
      return [...statements, store(i32.add(p.c, i), value)];
    };
    const [vectors, singles] = [finish(four), finish(single)];
    const advance = (pointer: Local<"i32">, by: Parameters<typeof i32.add>[1]): Statement =>
      pointer.set(i32.add(pointer, by));
    return [
      ...known.statements,
      end.set(i32.add(p.a, p.inner)),
      loop(nextFilters, [
        at.set(p.a),
        first.set(p.b),
        // Where there is one panel left, it is computed twice.
        second.set(i32.select(i32.gt_u(p.filters, tileFilters), i32.add(p.b, p.panel), p.b)),
        ...sums.map((sum, k) => sum.set(v128.load(p.bias, 16 * k))),
        loop(nextElement, [
          splat.set(v128.load32_splat(at)),
          ...sums.map((sum, k) => sum.set(multiplyAdd(splat, v128.load(k < 2 ? first : second, 16 * (k % 2)), sum))),
          advance(first, tileBytes),
          advance(second, tileBytes),
          branchIf(nextElement, i32.lt_u(at.tee(i32.add(at, 4)), end)),
        ]),
        ...sums.map((sum, k) => v128.store(p.scratch, sum, 16 * k)),
        bytes.set(i32.mul(i32.select(i32.lt_u(p.filters, 2 * tileFilters), p.filters, 2 * tileFilters), 4)),
        whole.set(i32.and(bytes, -16)),
        countUp(i, { from: 0, to: whole, step: 16 }, vectors),
        countUp(i, { from: whole, to: bytes, step: 4 }, singles),
        advance(p.b, i32.mul(p.panel, 2)),
        advance(p.bias, 2 * tileBytes),
        advance(p.c, 2 * tileBytes),
        advance(p.residual, 2 * tileBytes),
        i.set(p.filters),
        p.filters.set(i32.sub(p.filters, 2 * tileFilters)),
        branchIf(nextFilters, i32.gt_u(i, 2 * tileFilters)),
      ]),
    ];
  });
