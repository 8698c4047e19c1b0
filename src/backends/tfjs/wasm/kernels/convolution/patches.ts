/** Windows as rows: for kernels whose runs are short, each row's runs are brought side by side before the product ("im2col"). */
import { countUp, i32, repeat, wasmFunction, type Statement, type WasmFunction } from "../../assembler/index.js";
import { four, single, type Lanes } from "../lanes.js";

/**
 * Parameters: the address that the offsets in the table are added to, the table, the number of rows, the output, then the runs as
 * tilesModule takes them.
 */
export const patchesModule = (): WasmFunction =>
  wasmFunction(
    "patches",
    ["x", "table", "rows", "out", "outerRuns", "outerStep", "innerRuns", "innerStep", "run"],
    (p, locals) => {
      const [row, outer, inner] = [locals.i32("row"), locals.i32("outer"), locals.i32("inner")];
      const [outerAt, innerAt, i, whole] = [
        locals.i32("outerAt"),
        locals.i32("innerAt"),
        locals.i32("i"),
        locals.i32("whole"),
      ];
      const copy = ({ load, store }: Lanes): readonly Statement[] => [
        store(i32.add(p.out, i), load(i32.add(innerAt, i))),
      ];
      return [
        whole.set(i32.and(p.run, -16)),
        repeat(row, p.rows, [
          outerAt.set(i32.add(p.x, i32.load(p.table))),
          p.table.set(i32.add(p.table, 4)),
          repeat(outer, p.outerRuns, [
            innerAt.set(outerAt),
            repeat(inner, p.innerRuns, [
              countUp(i, { from: 0, to: whole, step: 16 }, copy(four)),
              countUp(i, { from: whole, to: p.run, step: 4 }, copy(single)),
              p.out.set(i32.add(p.out, p.run)),
              innerAt.set(i32.add(innerAt, p.innerStep)),
            ]),
            outerAt.set(i32.add(outerAt, p.outerStep)),
          ]),
        ]),
      ];
    },
  );
