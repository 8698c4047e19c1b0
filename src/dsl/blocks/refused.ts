/** A block whose own options cannot be. */
import { invariant } from "../../errors.js";
import { E } from "../../fp.js";
import type { AnyExpr } from "../expr.js";
import { applySpec } from "../layer.js";

/** The poisoned result with that sentence; a poisoned argument passes on its own. */
export const refusedExpr = (name: string, sentence: string, x: AnyExpr): AnyExpr =>
  applySpec(
    {
      name,
      options: {},
      rule: () => E.left(sentence),
      build: (_, [value]) => {
        invariant(value, `${name} is refused before it is built`);
        return value;
      },
    },
    [x],
  );
