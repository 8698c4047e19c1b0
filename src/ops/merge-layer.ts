/** What merges by element share: equal shapes, and a binary operator that folds the inputs from the left. */
import { invariant } from "../errors.js";
import { mergeAll } from "../shape/merge.js";
import type { LayerSpec } from "./layer.js";

/** The merge whose operator is `name`; sentences speak of `spokenOf`. */
export const mergeLayer = ({
  name,
  spokenOf = name,
  broadcast = false,
}: {
  readonly name: "add" | "multiply";
  readonly spokenOf?: string;
  readonly broadcast?: boolean;
}): LayerSpec => ({
  name,
  options: {},
  rule: (shapes) => mergeAll(spokenOf, shapes, broadcast),
  build: ({ emit }, [first, ...others]) => {
    invariant(first, `${name} has inputs`);
    return others.reduce((sum, next) => emit(name, [sum, next], {}), first);
  },
});
