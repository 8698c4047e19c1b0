/** pow for four float32 at once, with the results of Math.pow for negative bases, zeros and infinities. */
import { f32x4, i32x4, v128, type V128 } from "../../assembler/index.js";
import { exp, log } from "./transcendental.js";
import type { Scope } from "./scope.js";

const { abs, add, div, eq, floor, lt, mul, ne, sqrt } = f32x4;

/** Exponents up to this size are products (at most 2 · 4 factors, an error of a few ulp). */
const largestProduct = 16;

/** x^n by repeated squaring, n a positive whole number. */
const product = (s: Scope, x: V128, n: number): V128 => {
  if (n === 1) return x;
  const square = s.bind("square", mul(x, x));
  const even = product(s, square, Math.floor(n / 2));
  return n % 2 === 0 ? even : mul(even, x);
};

/** √x as Math.pow(x, 0.5) has it: +0 for -0, Infinity for -Infinity. */
const root = (s: Scope, x: V128): V128 =>
  v128.bitselect(s.float(Number.POSITIVE_INFINITY), add(sqrt(x), s.float(0)), eq(x, s.float(Number.NEGATIVE_INFINITY)));

/** x^n for an exponent known now; undefined where only the general way is left. */
export const constantPower = (s: Scope, argument: V128, n: number): V128 | undefined => {
  if (n === 0) return s.float(1);
  const x = s.bind("x", argument);
  const size = Math.abs(n);
  const value =
    Number.isInteger(n) && size <= largestProduct ? product(s, x, size) : size === 0.5 ? root(s, x) : undefined;
  return value === undefined ? undefined : n > 0 ? value : div(s.float(1), value);
};

/**
 * |a|^b = e^(b log |a|), then the sign: odd whole exponents keep that of a; other exponents of negative finite numbers give NaN.
 * The logarithm is a float32, so that the relative error is about 2^-23 · (1 + |b log a|).
 */
export const power = (s: Scope, base: V128, exponent: V128): V128 => {
  const a = s.bind("a", base);
  const b = s.bind("b", exponent);
  const magnitude = s.bind("magnitude", exp(s, mul(b, log(s, abs(a)))));
  const half = s.bind("half", mul(b, s.float(0.5)));
  const whole = s.bind("whole", eq(floor(b), b));
  const odd = v128.and(whole, ne(floor(half), half));
  const sign = v128.and(v128.and(a, s.int(0x80000000 | 0)), odd);
  const negative = v128.and(lt(a, s.float(0)), ne(a, s.float(Number.NEGATIVE_INFINITY)));
  const signed = v128.or(v128.xor(magnitude, sign), v128.andnot(negative, whole)); // all ones is a NaN
  return v128.bitselect(s.float(1), signed, i32x4.eq(v128.and(b, s.int(0x7fffffff)), s.int(0)));
};
