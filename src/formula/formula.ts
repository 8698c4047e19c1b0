/** An elementwise operator is one scalar formula, kept as plain data, so that it prints, compares and travels in a graph. */

/** The i-th input of the operator, or `y`, its output (only in derivatives). */
export type Variable = `x${number}` | "y";

export type UnaryName =
  | "neg"
  | "abs"
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "sqrt"
  | "tanh"
  | "erf"
  | "sin"
  | "cos"
  | "floor";
export type BinaryName = "add" | "sub" | "mul" | "div" | "max" | "min" | "pow" | "gt" | "ge" | "eq";

/** A scalar expression as nested tuples: `["max", "x0", 0]`. Comparisons give 1 or 0; `select` takes its second where the first is not 0. */
export type Formula =
  | number
  | Variable
  | readonly [UnaryName, Formula]
  | readonly [BinaryName, Formula, Formula]
  | readonly ["select", Formula, Formula, Formula];

export const x0 = "x0";
export const x1 = "x1";
export const x2 = "x2";
export const y = "y";
export const variable = (index: number): Variable => `x${index}`;

const unary =
  (name: UnaryName) =>
  (a: Formula): Formula => [name, a];
const comparison =
  (name: "gt" | "ge" | "eq") =>
  (a: Formula, b: Formula): Formula => [name, a, b];

export const abs: (a: Formula) => Formula = unary("abs");
export const exp: (a: Formula) => Formula = unary("exp");
/** e^a - 1, exact where a is small. */
export const expm1: (a: Formula) => Formula = unary("expm1");
export const log: (a: Formula) => Formula = unary("log");
export const log1p: (a: Formula) => Formula = unary("log1p");
export const sqrt: (a: Formula) => Formula = unary("sqrt");
export const tanh: (a: Formula) => Formula = unary("tanh");
/** The error function, 2/√π ∫₀ᵃ e^(−t²) dt. */
export const erf: (a: Formula) => Formula = unary("erf");
/** Sine and cosine of radians; float32 kernels keep an absolute error of 1e-6 up to |a| = 8192. */
export const sin: (a: Formula) => Formula = unary("sin");
export const cos: (a: Formula) => Formula = unary("cos");
export const gt: (a: Formula, b: Formula) => Formula = comparison("gt");
export const ge: (a: Formula, b: Formula) => Formula = comparison("ge");
export const eq: (a: Formula, b: Formula) => Formula = comparison("eq");
export const max = (a: Formula, b: Formula): Formula => ["max", a, b];
export const min = (a: Formula, b: Formula): Formula => ["min", a, b];
export const pow = (a: Formula, b: Formula): Formula => ["pow", a, b];
export const select = (condition: Formula, then: Formula, otherwise: Formula): Formula =>
  then === otherwise ? then : ["select", condition, then, otherwise];

// The four operations drop neutral elements and fold numbers, so that symbolic derivatives stay short.
export const neg = (a: Formula): Formula => (typeof a === "number" ? -a : ["neg", a]);
export const add = (a: Formula, b: Formula): Formula =>
  a === 0 ? b : b === 0 ? a : typeof a === "number" && typeof b === "number" ? a + b : ["add", a, b];
export const sub = (a: Formula, b: Formula): Formula =>
  b === 0 ? a : a === 0 ? neg(b) : typeof a === "number" && typeof b === "number" ? a - b : ["sub", a, b];
export const mul = (a: Formula, b: Formula): Formula =>
  a === 1 ? b : b === 1 ? a : typeof a === "number" && typeof b === "number" ? a * b : ["mul", a, b];
export const div = (a: Formula, b: Formula): Formula =>
  b === 1 ? a : typeof a === "number" && typeof b === "number" ? a / b : ["div", a, b];

/** The direct parts of a formula: none for a number or a variable. */
export const parts = (formula: Formula): readonly Formula[] =>
  typeof formula === "object" ? (formula.slice(1) as readonly Formula[]) : []; // sound: every tuple is a name and formulas

/** Rebuilds a formula with each variable replaced: how formulas compose. */
export const substitute = (formula: Formula, replace: (name: Variable) => Formula): Formula => {
  if (typeof formula === "number") return formula;
  if (typeof formula === "string") return replace(formula);
  const [name, ...rest] = formula;
  return [name, ...rest.map((part) => substitute(part, replace))] as unknown as Formula; // sound: same name, same arity
};

/** The names of the inputs that a formula reads. */
export const variablesOf = (formula: Formula): ReadonlySet<Variable> => {
  if (typeof formula === "number") return new Set();
  if (typeof formula === "string") return new Set([formula]);
  return new Set(parts(formula).flatMap((part) => [...variablesOf(part)]));
};

/** How many functions a formula applies, those that it repeats counted each time: its cost per element. */
export const functionCount = (formula: Formula): number =>
  parts(formula).reduce<number>((sum, part) => sum + functionCount(part), typeof formula === "object" ? 1 : 0);
