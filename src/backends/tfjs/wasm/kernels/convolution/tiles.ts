/**
 * The heart of convolutions and matrix products: c[row, filter] = formula(bias[filter] + Σ a[row, k] · b[k, filter]).
 *
 * A tile is 4 rows by 8 filters: 8 sums, 2 vectors of b and up to 4 broadcast elements of a stay in the 15 vector registers that V8
 * hands out on x86-64. It hoists all loads of a loop's body to its start, so that a larger tile or an unrolled loop spills
 * (docs/performance.md, "WebAssembly kernels"). Rows of a lie anywhere; each is read in runs of neighbouring elements.
 */
import { functionCount, type Formula } from "../../../../../formula/formula.js";
import { formulaKey } from "../../../../../formula/key.js";
import {
  branchIf,
  countUp,
  f32x4,
  i32,
  label,
  loop,
  repeat,
  v128,
  wasmFunction,
  when,
  type I32,
  type Local,
  type Statement,
  type V128,
  type WasmFunction,
} from "../../assembler/index.js";
import { emitter } from "../elementwise/generate.js";
import { constants, scope } from "../elementwise/scope.js";
import { multiplyAdd } from "../filter-gradient/multiply-add.js";
import { four, single, type Lanes } from "../lanes.js";

export const tileRows = 4;
export const tileFilters = 8;
/** Bytes of a row of a tile. */
export const tileBytes = 4 * tileFilters;
/** Scratch memory that a call needs, in bytes: a tile of sums on its way to the output. */
export const tileScratch = tileRows * tileBytes;

/** Formulas up to this size are applied to the sums in registers; others to a tile in memory, so that the code stays small. */
const inlineSize = 3;

export interface TilesSource {
  /** Of x0, the sum with its bias, and x1, the residual at the same place. */
  readonly formula: Formula;
  readonly residual: boolean;
  /** Whether rows follow one another at a distance, or begin where a table of offsets says. */
  readonly rows: "even" | "table";
}

export const tilesKey = ({ formula, residual, rows }: TilesSource): string =>
  `tiles ${rows} ${residual ? "residual " : ""}${formulaKey(formula)}`;

/** In the order of the parameters; sizes in bytes where not said otherwise. */
export const tilesParameters = [
  "a", // address of the first row, or what the table's offsets are added to
  "rows", // number of rows
  "step", // even rows: from row to row; else the address of the table, which has whole tiles
  "b", // panels [filters / 8][k][8]
  "panel", // of a panel
  "bias", // one number per filter, filled up to whole tiles
  "c",
  "pitch", // from row to row of c
  "filters", // how many
  "outerRuns", // a row is outerRuns × innerRuns runs of `run` bytes, one `outerStep` or `innerStep` after the other
  "outerStep",
  "innerRuns",
  "innerStep",
  "run",
  "scratch",
  "residual",
] as const;

export const tilesModule = ({ formula, residual, rows: layout }: TilesSource): WasmFunction =>
  wasmFunction("tiles", tilesParameters, (p, locals) => {
    const int = (name: string): Local<"i32"> => locals.i32(name);
    const sums = Array.from({ length: 2 * tileRows }, (_, k) => locals.v128(`sum${k}`));
    const [left, right, splat] = [locals.v128("left"), locals.v128("right"), locals.v128("splat")];
    const starts = Array.from({ length: tileRows }, (_, row) => int(`row${row}`));
    const places = Array.from({ length: tileRows }, (_, row) => int(`place${row}`));
    const [rest, at, table, end, outer, inner] = [
      int("rest"),
      int("at"),
      int("table"),
      int("end"),
      int("outer"),
      int("inner"),
    ];
    const [outerAt, innerAt, place, row, i, toResidual, more] = [
      int("outerAt"),
      int("innerAt"),
      int("place"),
      int("row"),
      int("i"),
      int("toResidual"),
      int("more"),
    ];
    const next = label("k");
    const nextFilters = label("filters");
    const nextRows = label("rows");
    const known = constants(locals);

    /** The last tile's missing rows are its last row once more: computed and stored twice. */
    const filledUp = (pointers: readonly Local<"i32">[]): Statement =>
      when(
        i32.lt_u(rest, tileRows),
        pointers
          .slice(1)
          .map((pointer, k) => pointer.set(i32.select(i32.gt_u(rest, k + 1), pointer, pointers[k] ?? pointer))),
      );
    const evenly = (pointers: readonly Local<"i32">[], first: I32, step: I32): readonly Statement[] => [
      ...pointers.map((pointer, k) => pointer.set(k === 0 ? first : i32.add(pointers[k - 1] ?? first, step))),
      filledUp(pointers),
    ];
    const beginRows: readonly Statement[] =
      layout === "table"
        ? [
            ...starts.map((start, k) => start.set(i32.add(p.a, i32.load(table, 4 * k)))),
            filledUp(starts),
            table.set(i32.add(table, 4 * tileRows)),
          ]
        : [...evenly(starts, table, p.step), table.set(i32.add(table, i32.mul(p.step, tileRows)))];

    const elements: Statement = loop(next, [
      left.set(v128.load(at)),
      right.set(v128.load(at, 16)),
      ...starts.flatMap((start, k) => [
        splat.set(v128.load32_splat(i32.add(start, innerAt))),
        ...sums.slice(2 * k, 2 * k + 2).map((sum, half) => sum.set(multiplyAdd(splat, half === 0 ? left : right, sum))),
      ]),
      at.set(i32.add(at, tileBytes)),
      branchIf(next, i32.lt_u(innerAt.tee(i32.add(innerAt, 4)), end)),
    ]);
    const runs: readonly Statement[] =
      layout === "even"
        ? [innerAt.set(i32.const(0)), end.set(p.run), elements]
        : [
            outerAt.set(i32.const(0)),
            repeat(outer, p.outerRuns, [
              i.set(outerAt),
              repeat(inner, p.innerRuns, [
                innerAt.set(i),
                end.set(i32.add(i, p.run)),
                elements,
                i.set(i32.add(i, p.innerStep)),
              ]),
              outerAt.set(i32.add(outerAt, p.outerStep)),
            ]),
          ];

    /** The formula at an address of c, of a sum. */
    const finish = (sum: V128, to: I32, { load, store }: Lanes, offset: number): readonly Statement[] => {
      const statements: Statement[] = [];
      const emit = emitter(scope(locals, known, statements), (name) => {
        if (name === "x0") return sum;
        return residual && name === "x1" ? load(i32.add(to, toResidual), offset) : f32x4.const(Number.NaN);
      });
      const value = emit(formula);
      return [...statements, store(to, value, offset)];
    };
    const inRegisters: readonly Statement[] = places.flatMap((to, k) => [
      ...finish(sums[2 * k] ?? splat, to, four, 0),
      ...finish(sums[2 * k + 1] ?? splat, to, four, 16),
    ]);
    /** Sums go to scratch memory; from there `part` writes a row of the output: from scratch at `at` to c at `to`. */
    const throughMemory = (part: readonly Statement[]): readonly Statement[] => [
      ...sums.map((sum, k) => v128.store(p.scratch, sum, 16 * k)),
      at.set(p.scratch),
      innerAt.set(place),
      repeat(row, i32.select(i32.lt_u(rest, tileRows), rest, tileRows), [
        ...part,
        at.set(i32.add(at, tileBytes)),
        innerAt.set(i32.add(innerAt, p.pitch)),
      ]),
    ];
    const wholeRow = [...finish(v128.load(at), innerAt, four, 0), ...finish(v128.load(at, 16), innerAt, four, 16)];
    const elementAt = int("elementAt");
    /** Fewer than 8 filters: four at once, then one by one. */
    const partOfRow: readonly Statement[] = [
      elementAt.set(innerAt),
      i.set(at),
      end.set(i32.add(at, i32.mul(p.filters, 4))),
      when(i32.ge_u(p.filters, 4), [
        ...finish(v128.load(i), elementAt, four, 0),
        i.set(i32.add(i, 16)),
        elementAt.set(i32.add(elementAt, 16)),
      ]),
      countUp(i, { from: i, to: end, step: 4 }, [
        ...finish(v128.load32_zero(i), elementAt, single, 0),
        elementAt.set(i32.add(elementAt, 4)),
      ]),
    ];
    const whole =
      functionCount(formula) <= inlineSize
        ? [...evenly(places, place, p.pitch), ...inRegisters]
        : throughMemory(wholeRow);

    return [
      ...known.statements,
      ...(residual ? [toResidual.set(i32.sub(p.residual, p.c))] : []),
      loop(nextFilters, [
        rest.set(p.rows),
        table.set(layout === "table" ? p.step : p.a),
        place.set(p.c),
        loop(nextRows, [
          ...beginRows,
          left.set(v128.load(p.bias)),
          right.set(v128.load(p.bias, 16)),
          ...sums.map((sum, k) => sum.set(k % 2 === 0 ? left : right)),
          at.set(p.b),
          ...runs,
          when(i32.ge_u(p.filters, tileFilters), whole, throughMemory(partOfRow)),
          place.set(i32.add(place, i32.mul(p.pitch, tileRows))),
          more.set(i32.gt_u(rest, tileRows)),
          rest.set(i32.sub(rest, tileRows)),
          branchIf(nextRows, more),
        ]),
        p.b.set(i32.add(p.b, p.panel)),
        p.bias.set(i32.add(p.bias, tileBytes)),
        p.c.set(i32.add(p.c, tileBytes)),
        more.set(i32.gt_u(p.filters, tileFilters)),
        p.filters.set(i32.sub(p.filters, tileFilters)),
        branchIf(nextFilters, more),
      ]),
    ];
  });
