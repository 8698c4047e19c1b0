/**
 * sin and cos for four float32 at once, within 1e-6 up to |x| = 8192; further off they stay in [-1, 1] but lose their phase.
 *
 * Source  Cephes Math Library 2.2 (Moshier 1992), sinf.c: its reduction in three parts and its minimax polynomials.
 */
import { f32x4, i32x4, v128, type V128 } from "../../assembler/index.js";
import type { Scope } from "./scope.js";
import { polynomial, roundingShift } from "./transcendental.js";

const { add, sub, mul, pmin, pmax } = f32x4;

/** π/2 in three parts; the first has 8 significant bits and the second 11, so that products with a quadrant are exact. */
const halfPi = [1.5703125, 4.837512969970703125e-4, 7.549789954891882e-8] as const;

/** sin(x + phase · π/2). */
const wave = (s: Scope, argument: V128, phase: 0 | 1): V128 => {
  const x = s.bind("x", argument);
  const shifted = s.bind("shifted", add(mul(x, s.float(2 / Math.PI)), s.float(roundingShift)));
  const n = s.bind("n", sub(shifted, s.float(roundingShift)));
  const rest = halfPi.reduce((value, part) => sub(value, mul(n, s.float(part))), x);
  const limit = Math.PI / 4 + 0.01;
  const r = s.bind("r", pmax(pmin(rest, s.float(limit)), s.float(-limit))); // lets NaN pass
  const z = s.bind("z", mul(r, r));
  const odd = add(mul(mul(polynomial(s, z, [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1]), z), r), r);
  const even = add(
    sub(
      mul(polynomial(s, z, [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2]), mul(z, z)),
      mul(z, s.float(0.5)),
    ),
    s.float(1),
  );
  // The low bits of `shifted` are the quadrant: bit 0 swaps sine and cosine, bit 1 turns the sign.
  const quadrant = s.bind("quadrant", i32x4.add(shifted, s.int(phase)));
  const swap = i32x4.eq(v128.and(quadrant, s.int(1)), s.int(1));
  const sign = v128.and(i32x4.shl(quadrant, 30), s.int(0x80000000 | 0));
  return v128.xor(v128.bitselect(even, odd, swap), sign);
};

export const sin = (s: Scope, argument: V128): V128 => wave(s, argument, 0);
export const cos = (s: Scope, argument: V128): V128 => wave(s, argument, 1);
