/** Random formulas of all functions over x0, x1 and x2. */
import fc from "fast-check";
import type { Formula } from "../../src/formula/formula.js";
import { arityOf, isFunctionName, scalarFunctions } from "../../src/formula/functions.js";

const names = Object.keys(scalarFunctions).filter(isFunctionName);

const leaf: fc.Arbitrary<Formula> = fc.oneof(
  fc.constantFrom<Formula>("x0", "x1", "x2"),
  fc.constantFrom<Formula>(0, 1, -1, 0.5, 2, -3.25),
);

const { formula } = fc.letrec<{ formula: Formula }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc
      .tuple(fc.constantFrom(...names), tie("formula"), tie("formula"), tie("formula"))
      // Sound: as many arguments as the function takes.
      .map(([name, ...args]) => [name, ...args.slice(0, arityOf(name))] as unknown as Formula),
  ),
}));

export const formulas: fc.Arbitrary<Formula> = formula;
