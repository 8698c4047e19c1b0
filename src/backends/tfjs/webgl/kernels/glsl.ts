/** GLSL for four numbers at once: the texels of TensorFlow.js's packed textures hold 2 × 2 elements. */
import type { Dialect } from "../../shader/formula-code.js";

const infinity = "uintBitsToFloat(0x7f800000u)";

/** Float literals need a point or an exponent; infinities and NaN have none. */
export const literal = (value: number): string => {
  const rounded = Math.fround(value);
  if (Number.isNaN(rounded)) return "NAN";
  if (!Number.isFinite(rounded)) return rounded > 0 ? infinity : `(-${infinity})`;
  const text = String(rounded);
  return /[.e]/.test(text) ? text : `${text}.`;
};

const infix = { add: "+", sub: "-", mul: "*", div: "/" } as const;
const comparisons = { gt: "greaterThan", ge: "greaterThanEqual", eq: "equal" } as const;

const isInfix = (name: string): name is keyof typeof infix => Object.hasOwn(infix, name);

export const glsl: Dialect = {
  number: (value) => `vec4(${literal(value)})`,
  call: (name, args) => {
    if (isInfix(name)) return `(${args.join(` ${infix[name]} `)})`;
    if (name === "neg") return `(-${args.join()})`;
    if (name === "max" || name === "min") return `${name}imum(${args.join()})`;
    return name === "exp" || name === "log"
      ? `kept(${name}(${args.join()}), ${args.join()})`
      : `${name}(${args.join()})`;
  },
  compare: (name, a, b) => `${comparisons[name]}(${a}, ${b})`,
  isTrue: (value) => `notEqual(${value}, vec4(0.))`,
  choose: (condition, then, otherwise) => `mix(${otherwise}, ${then}, ${condition})`,
  declareNumber: (name, value) => `vec4 ${name} = ${value};`,
  declareCondition: (name, value) => `bvec4 ${name} = ${value};`,
};

/** NaN by its bits, since compilers take `x != x` for false; max, min, exp and log of GLSL may lose a NaN. NAN is TensorFlow.js's uniform. */
export const helpers = `
  bvec4 isNumberless(vec4 v) {
    return greaterThan(floatBitsToUint(v) & uvec4(0x7fffffffu), uvec4(0x7f800000u));
  }
  vec4 kept(vec4 value, vec4 of) { return mix(value, of, isNumberless(of)); }
  vec4 keepNumberless(vec4 chosen, vec4 a, vec4 b) {
    return mix(mix(chosen, a, isNumberless(a)), b, isNumberless(b));
  }
  vec4 maximum(vec4 a, vec4 b) { return keepNumberless(mix(b, a, greaterThan(a, b)), a, b); }
  vec4 minimum(vec4 a, vec4 b) { return keepNumberless(mix(b, a, lessThan(a, b)), a, b); }
`;
