/** Copies rows from one pitch to another: padding, cutting, permuting all but the last axis. */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import {
  countUp,
  i32,
  memory,
  repeat,
  v128,
  when,
  wasmFunction,
  type Callable,
  type WasmFunction,
} from "../assembler/index.js";
import { compile } from "./kernel.js";

/** From this many bytes on, a call of the host's memory.copy costs less than a loop. */
const bulkBytes = 256;

const source = (): WasmFunction =>
  wasmFunction("copyRows", ["from", "to", "rows", "bytes", "fromStep", "toStep"], (p, locals) => {
    const [row, i, whole] = [locals.i32("row"), locals.i32("i"), locals.i32("whole")];
    const [from, to] = [i32.add(p.from, i), i32.add(p.to, i)];
    return [
      whole.set(i32.and(p.bytes, -16)),
      repeat(row, p.rows, [
        when(
          i32.ge_u(p.bytes, bulkBytes),
          [memory.copy(p.to, p.from, p.bytes)],
          [
            countUp(i, { from: 0, to: whole, step: 16 }, [v128.store(to, v128.load(from))]),
            countUp(i, { from: whole, to: p.bytes, step: 4 }, [v128.store32_lane0(to, v128.load32_zero(from))]),
          ],
        ),
        p.from.set(i32.add(p.from, p.fromStep)),
        p.to.set(i32.add(p.to, p.toStep)),
      ]),
    ];
  });

/** Parameters: addresses, rows, bytes of a row (a multiple of 4), bytes from row to row in the input and in the output. */
export const copyRows = (backend: BackendWasm): Callable => compile(backend, "copyRows", source);
