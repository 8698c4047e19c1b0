import { constant, ops, parameter, type Expr, type Shape, pipe, input, named } from "../../src/index.js";
const scale = <H extends number, W extends number, C extends number>(x: Expr<[H, W, C]>) =>
  ops.multiply(x, parameter([x.shape[2]], { name: "gamma", initializer: constant(1e-5) }));
declare function one<A extends Shape, R extends Expr<Shape>>(name: string, f: (x: Expr<A>) => R): (x: Expr<A>) => R;
declare function two<Args extends [Expr<Shape>], R extends Expr<Shape>>(name: string, f: (...x: Args) => R): (...x: Args) => R;
declare function three<A extends Expr<Shape>, R extends Expr<Shape>>(name: string, f: (x: A) => R): (x: A) => R;
export const a = one("x", scale);
export const b = two("x", scale);
export const c = three("x", scale);
export const d = named("x", scale);
export const y = scale(input([3,4,5]));
