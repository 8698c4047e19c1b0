/**
 * Scalar functions by the few that shading languages define well. Their own tanh, pow, sin, cos and log are undefined at
 * zero, below it or at infinity, or keep only an absolute error; here every function is right wherever float64's is.
 *
 * A lowering is a formula over the arguments x0, x1, …; what it calls is lowered in turn, except a function's own name,
 * which then means the shading language's.
 */
import {
  abs,
  add,
  div,
  eq,
  exp,
  ge,
  gt,
  log,
  max,
  min,
  mul,
  neg,
  select,
  sqrt,
  sub,
  tanh,
  x0,
  x1,
  type BinaryName,
  type Formula,
  type UnaryName,
} from "../../../formula/formula.js";

const floor = (a: Formula): Formula => ["floor", a];

/** c₀ xⁿ + c₁ xⁿ⁻¹ + … + cₙ by Horner's rule. */
const polynomial = (x: Formula, coefficients: readonly number[]): Formula =>
  coefficients.slice(1).reduce<Formula>((sum, next) => add(mul(sum, x), next), coefficients[0] ?? 0);

const withSign = (of: Formula, magnitude: Formula): Formula => select(ge(of, 0), magnitude, neg(magnitude));

/** log(1 + x) = 2 artanh(s), s = x / (2 + x); the series to s¹³ is exact in float32 up to |x| = 1/2. */
const nearOne = (x: Formula): Formula => {
  const s = div(x, add(2, x));
  const z = mul(s, s);
  return mul(s, polynomial(z, [2 / 13, 2 / 11, 2 / 9, 2 / 7, 2 / 5, 2 / 3, 2]));
};

/** The language's logarithm inside its domain; it may keep only an absolute error near 1, so there the series stands in. */
const logarithm: Formula = select(
  gt(0.5, abs(sub(x0, 1))),
  nearOne(sub(x0, 1)),
  select(
    eq(x0, 0),
    Number.NEGATIVE_INFINITY,
    select(gt(0, x0), Number.NaN, select(eq(x0, Number.POSITIVE_INFINITY), x0, log(x0))),
  ),
);

/** An odd polynomial below 0.625, else 1 − 2 / (e^2|x| + 1). Source  Cephes Math Library 2.2 (Moshier 1992), tanhf.c. */
const hyperbolicTangent = (): Formula => {
  const a = abs(x0);
  const z = mul(a, a);
  const p = polynomial(
    z,
    [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1],
  );
  const near = add(a, mul(mul(p, z), a));
  const far = sub(1, div(2, add(exp(min(add(a, a), 60)), 1)));
  return withSign(x0, select(gt(0.625, a), near, far));
};

/** The polynomials of the WebAssembly kernels (wasm/kernels/elementwise/error-function.ts), within 1e-6 everywhere. */
const errorFunction = (): Formula => {
  const a = abs(x0);
  const near = mul(
    a,
    polynomial(
      mul(a, a),
      [
        7.853861353153693e-5, -8.010193625184903e-4, 5.188327685732524e-3, -2.685381193529856e-2, 1.128358514861418e-1,
        -3.7612625824233e-1, 1.12837916672571,
      ],
    ),
  );
  const q = polynomial(
    min(a, 4),
    [1.86379427e-4, -2.9476607e-3, 2.18380739e-2, -1.03106776e-1, -6.38144808e-1, -1.12708921, -3.41519217e-4],
  );
  return withSign(x0, select(gt(1, a), near, sub(1, exp(q))));
};

/**
 * sin(x + phase · π/2), within 1e-6 up to |x| = 8192.
 *
 * Source  Cephes Math Library 2.2 (Moshier 1992), sinf.c: its reduction by π/2 in three parts, whose products with a
 *         quadrant are exact, and its minimax polynomials.
 */
const wave = (phase: 0 | 1): Formula => {
  const n = floor(add(mul(x0, 2 / Math.PI), 0.5));
  const rest = [1.5703125, 4.837512969970703125e-4, 7.549789954891882e-8].reduce<Formula>(
    (value, part) => sub(value, mul(n, part)),
    x0,
  );
  const limit = Math.PI / 4 + 0.01;
  const r = max(min(rest, limit), -limit);
  const z = mul(r, r);
  const odd = add(mul(mul(polynomial(z, [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1]), z), r), r);
  const even = add(
    sub(
      mul(polynomial(z, [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2]), mul(z, z)),
      mul(z, 0.5),
    ),
    1,
  );
  const turn = add(n, phase);
  const quadrant = sub(turn, mul(4, floor(div(turn, 4))));
  const value = select(eq(sub(quadrant, mul(2, floor(div(quadrant, 2)))), 1), even, odd);
  return select(ge(quadrant, 2), neg(value), value);
};

/** xʸ of C's pow: a negative base takes whole exponents only. */
const power = (): Formula => {
  const magnitude = exp(mul(x1, log(abs(x0))));
  const isOdd = eq(sub(x1, mul(2, floor(div(x1, 2)))), 1);
  const signed = select(eq(x1, floor(x1)), select(isOdd, neg(magnitude), magnitude), Number.NaN);
  const ofZero = select(gt(x1, 0), 0, Number.POSITIVE_INFINITY);
  return select(eq(x1, 0), 1, select(eq(x0, 0), ofZero, select(gt(0, x0), signed, magnitude)));
};

/** Products instead of the general power: exact, and shorter. */
export const constantPower = (exponent: number): Formula | undefined => {
  const square = mul(x0, x0);
  if (exponent === 0.5) return sqrt(x0);
  if (exponent === -0.5) return div(1, sqrt(x0));
  if (exponent === -1) return div(1, x0);
  if (exponent === 1) return x0;
  if (exponent === 2) return square;
  if (exponent === 3) return mul(square, x0);
  return exponent === 4 ? mul(square, square) : undefined;
};

export const lowerings: Readonly<Partial<Record<UnaryName | BinaryName, Formula>>> = {
  log: logarithm,
  sqrt: select(gt(0, x0), Number.NaN, sqrt(x0)),
  log1p: select(gt(0.5, abs(x0)), nearOne(x0), log(add(1, x0))),
  tanh: hyperbolicTangent(),
  // tanh(x/2) (eˣ + 1) = eˣ − 1, without the cancellation.
  expm1: select(gt(1.25, abs(x0)), mul(tanh(mul(x0, 0.5)), add(exp(x0), 1)), sub(exp(x0), 1)),
  erf: errorFunction(),
  sin: wave(0),
  cos: wave(1),
  pow: power(),
};
