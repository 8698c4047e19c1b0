/** The error function for four float32 at once, within 1e-6 of its value everywhere and 4 ulp up to 1. */
import { f32x4, v128, type V128 } from "../../assembler/index.js";
import type { Scope } from "./scope.js";
import { exp, polynomial } from "./transcendental.js";

const { sub, mul, lt, abs, pmin } = f32x4;

/**
 * An odd polynomial below 1, else 1 - e^q(|x|), with the sign of x put back at the end.
 *
 * Source  Cephes Math Library 2.2 (Moshier 1992), ndtrf.c, for the first; the second, q ≈ log erfc on [1, 4], is a minimax
 *         fit of our own in which an error counts as much as it moves erf (1.1e-9). From 4 on erf is 1 in float32.
 */
export const erf = (s: Scope, argument: V128): V128 => {
  const x = s.bind("x", argument);
  const a = s.bind("a", abs(x));
  const near = mul(
    a,
    polynomial(
      s,
      s.bind("z", mul(a, a)),
      [
        7.853861353153693e-5, -8.010193625184903e-4, 5.188327685732524e-3, -2.685381193529856e-2, 1.128358514861418e-1,
        -3.7612625824233e-1, 1.12837916672571,
      ],
    ),
  );
  const t = s.bind("t", pmin(a, s.float(4))); // lets NaN pass
  const q = polynomial(
    s,
    t,
    [1.86379427e-4, -2.9476607e-3, 2.18380739e-2, -1.03106776e-1, -6.38144808e-1, -1.12708921, -3.41519217e-4],
  );
  const far = sub(s.float(1), exp(s, q));
  const magnitude = v128.bitselect(near, far, lt(a, s.float(1)));
  return v128.or(magnitude, v128.and(x, s.int(0x80000000 | 0)));
};
