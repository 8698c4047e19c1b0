/** WGSL for one number at a time, inside a program of TensorFlow.js (whose uniforms name infinity and NaN, which have no literals). */
import type { Dialect } from "../../shader/formula-code.js";

const literal = (value: number): string => {
  const rounded = Math.fround(value);
  if (Number.isNaN(rounded)) return "uniforms.NAN";
  if (!Number.isFinite(rounded)) return rounded > 0 ? "uniforms.INFINITY" : "(-uniforms.INFINITY)";
  return rounded < 0 || Object.is(rounded, -0) ? `(-${-rounded}f)` : `${rounded}f`;
};

const infix = { add: "+", sub: "-", mul: "*", div: "/" } as const;
const comparisons = { gt: ">", ge: ">=", eq: "==" } as const;

const isInfix = (name: string): name is keyof typeof infix => Object.hasOwn(infix, name);

export const wgsl: Dialect = {
  number: literal,
  call: (name, args) => {
    if (isInfix(name)) return `(${args.join(` ${infix[name]} `)})`;
    if (name === "neg") return `(-${args.join()})`;
    if (name === "max" || name === "min") return `${name}imum(${args.join()})`;
    return name === "exp" || name === "log"
      ? `kept(${name}(${args.join()}), ${args.join()})`
      : `${name}(${args.join()})`;
  },
  compare: (name, a, b) => `(${a} ${comparisons[name]} ${b})`,
  isTrue: (value) => `(${value} != 0f)`,
  choose: (condition, then, otherwise) => `select(${otherwise}, ${then}, ${condition})`,
  declareNumber: (name, value) => `let ${name}: f32 = ${value};`,
  declareCondition: (name, value) => `let ${name}: bool = ${value};`,
};

/** max, min, exp and log of WGSL may lose a NaN; isnan, by the bits, is TensorFlow.js's. */
export const helpers = `
  fn kept(value: f32, of_: f32) -> f32 { return select(value, of_, isnan(of_)); }
  fn keepNumberless(chosen: f32, a: f32, b: f32) -> f32 {
    return select(select(chosen, a, isnan(a)), b, isnan(b));
  }
  fn maximum(a: f32, b: f32) -> f32 { return keepNumberless(select(b, a, a > b), a, b); }
  fn minimum(a: f32, b: f32) -> f32 { return keepNumberless(select(b, a, a < b), a, b); }
`;
