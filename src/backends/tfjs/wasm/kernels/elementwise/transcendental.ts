/**
 * exp, expm1, log, log1p and tanh for four float32 at once, within about 2 ulp, with IEEE 754 results for NaN, ±Infinity, ±0 and subnormal numbers.
 *
 * Source  Cephes Math Library 2.2 (Moshier 1992), expf.c, logf.c, tanhf.c: their reductions and minimax polynomials.
 */
import { f32x4, i32x4, v128, type V128 } from "../../assembler/index.js";
import type { Scope } from "./scope.js";

const { add, sub, mul, div, lt, eq, abs, pmin, pmax, convert_i32x4_s } = f32x4;

/** ln 2 in two parts; the first has 10 significant bits, so that its product with an exponent is exact. */
const ln2High = 0.693359375;
const ln2Low = -2.1219444e-4;

/** Horner's rule, highest power first. */
export const polynomial = (s: Scope, x: V128, coefficients: readonly number[]): V128 => {
  const [first = 0, ...rest] = coefficients;
  return rest.reduce((sum, coefficient) => add(mul(sum, x), s.float(coefficient)), s.float(first));
};

/** 2^k as float32 from an int32 in -126 … 127. */
const powerOfTwo = (s: Scope, k: V128): V128 => i32x4.shl(i32x4.add(k, s.int(127)), 23);

/** 1.5 · 2^23: added to a small number it leaves that number, rounded to an integer, in the low bits of the sum. */
export const roundingShift = 12582912;

/** x = n ln 2 + r, |r| ≤ ln 2 / 2: e^r - 1, and n as an int32. */
interface Reduced {
  readonly n: V128;
  readonly rest: V128;
}

/** The clamps keep n in range and let NaN pass: `pmin(a, b)` is a unless b < a. */
const reduced = (s: Scope, argument: V128): Reduced => {
  const x = s.bind("x", pmax(pmin(argument, s.float(89)), s.float(-104)));
  const shifted = s.bind("shifted", add(mul(x, s.float(Math.LOG2E)), s.float(roundingShift)));
  const n = s.bind("n", sub(shifted, s.float(roundingShift)));
  const r = s.bind("r", sub(sub(x, mul(n, s.float(ln2High))), mul(n, s.float(ln2Low))));
  const p = polynomial(
    s,
    r,
    [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
  );
  return { n: i32x4.sub(shifted, s.float(roundingShift)), rest: add(mul(p, mul(r, r)), r) };
};

/** e^x = 2^n (1 + (e^r - 1)), in two factors, so that both are normal numbers where the result is subnormal or infinite. */
const scaled = (s: Scope, { n, rest }: Reduced): V128 => {
  const e = add(rest, s.float(1));
  const k = s.bind("k", n);
  const half = s.bind("half", i32x4.shr_s(k, 1));
  return mul(mul(e, powerOfTwo(s, half)), powerOfTwo(s, i32x4.sub(k, half)));
};

/** e^x. */
export const exp = (s: Scope, argument: V128): V128 => scaled(s, reduced(s, argument));

/** e^x - 1: where n is 0 the reduction has it before the 1 is added; -0 stays -0. */
export const expm1 = (s: Scope, argument: V128): V128 => {
  const x = s.bind("x", argument);
  const parts = reduced(s, x);
  const n = s.bind("n", parts.n);
  const rest = s.bind("rest", parts.rest);
  const value = v128.bitselect(rest, sub(scaled(s, { n, rest }), s.float(1)), i32x4.eq(n, s.int(0)));
  return v128.bitselect(x, value, eq(x, s.float(0)));
};

/** log x = log m + e ln 2 with √½ ≤ m < √2. */
export const log = (s: Scope, argument: V128): V128 => {
  const x = s.bind("x", argument);
  const subnormal = s.bind("subnormal", lt(x, s.float(2 ** -126)));
  const normal = s.bind("normal", v128.bitselect(mul(x, s.float(2 ** 23)), x, subnormal));
  const exponent = i32x4.sub(i32x4.shr_s(normal, 23), i32x4.add(s.int(126), v128.and(subnormal, s.int(23))));
  const fraction = s.bind("fraction", v128.or(v128.and(normal, s.int(0x007fffff)), s.int(0x3f000000)));
  const small = s.bind("small", lt(fraction, s.float(Math.SQRT1_2)));
  const e = s.bind("e", convert_i32x4_s(i32x4.add(exponent, small))); // a true mask is -1
  const m = s.bind("m", add(sub(fraction, s.float(1)), v128.and(fraction, small)));
  const z = s.bind("z", mul(m, m));
  const p = polynomial(
    s,
    m,
    [
      7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
      2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
    ],
  );
  const tail = sub(add(mul(mul(p, m), z), mul(e, s.float(ln2Low))), mul(z, s.float(0.5)));
  const finite = add(add(m, tail), mul(e, s.float(ln2High)));
  const upper = v128.bitselect(finite, x, lt(x, s.float(Number.POSITIVE_INFINITY))); // Infinity and NaN are their own logarithms
  const real = v128.or(upper, lt(x, s.float(0))); // all ones is a NaN
  return v128.bitselect(s.float(Number.NEGATIVE_INFINITY), real, eq(x, s.float(0)));
};

/** log(1 + x) = log(u) · x / (u - 1), u = 1 + x rounded: the rounding errors of u cancel (Kahan; Goldberg 1991, theorem 4). */
export const log1p = (s: Scope, argument: V128): V128 => {
  const x = s.bind("x", argument);
  const u = s.bind("u", add(x, s.float(1)));
  const difference = s.bind("difference", sub(u, s.float(1)));
  const value = mul(log(s, u), div(x, difference));
  const regular = v128.bitselect(value, x, lt(x, s.float(Number.POSITIVE_INFINITY))); // Infinity and NaN are their own
  return v128.bitselect(x, regular, eq(difference, s.float(0))); // tiny x, and -0
};

/** An odd polynomial below 0.625, else 1 - 2 / (e^2|x| + 1), with the sign of x put back at the end. */
export const tanh = (s: Scope, argument: V128): V128 => {
  const x = s.bind("x", argument);
  const a = s.bind("a", abs(x));
  const z = s.bind("z", mul(a, a));
  const p = polynomial(
    s,
    z,
    [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1],
  );
  const near = s.bind("near", add(a, mul(mul(p, z), a)));
  const far = sub(s.float(1), div(s.float(2), add(exp(s, add(a, a)), s.float(1))));
  const magnitude = v128.bitselect(near, far, lt(a, s.float(0.625)));
  return v128.or(magnitude, v128.and(x, s.int(0x80000000 | 0)));
};
