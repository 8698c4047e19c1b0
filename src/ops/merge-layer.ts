/** What merges by element share: shapes that agree, and a binary operator that folds the inputs from the left. */
import { invariant } from "../errors.js";
import { E } from "../fp.js";
import type { Emit, Value } from "../compiler/ir/graph.js";
import { mergeAll } from "../shape/merge.js";
import type { LayerSpec } from "./layer.js";

interface MergeFacts {
  readonly name: string;
  /** The operator of two inputs; by default the merge's own name. */
  readonly operator?: string;
  /** What sentences speak of, when it is not the name. */
  readonly spokenOf?: string;
  /** Whether an axis of 1 stretches. */
  readonly broadcast?: boolean;
  /** The most inputs that it takes. */
  readonly most?: number;
  /** What is done with the folded value of so many inputs. */
  readonly finish?: (emit: Emit, folded: Value, inputs: number) => Value;
  readonly options?: object;
}

/** Options of the merges that stretch only when told so. */
export interface BroadcastOptions {
  /** An axis of 1 stretches to the others' size. */
  readonly broadcast: true;
}

/** The merge with these facts. */
export const mergeLayer = ({
  name,
  operator = name,
  spokenOf = name,
  broadcast = false,
  most = Infinity,
  finish = (_, folded) => folded,
  options = broadcast ? { broadcast } : {},
}: MergeFacts): LayerSpec => ({
  name,
  options,
  rule: (shapes) =>
    shapes.length > most
      ? E.left(`${name}: it takes ${most} expressions, and got ${shapes.length}: give it ${most}`)
      : mergeAll(spokenOf, shapes, broadcast),
  build: ({ emit }, inputs) => {
    const [first, ...others] = inputs;
    invariant(first, `${name} has inputs`);
    const folded = others.reduce((value, next) => emit(operator, [value, next], {}), first);
    return finish(emit, folded, inputs.length);
  },
});
