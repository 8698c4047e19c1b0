/** An operator over the last axis, used over another one: that is brought there and back. */
import { placeOf } from "../shape/axis.js";
import type { Inline } from "./activation-operator.js";

/** The axis is the last, unless the option `axis` names another; the batch is axis 0. */
export interface AxisOption {
  readonly axis: number;
}

/** How an operator over the last axis is emitted, by its name. */
export const overAxis =
  (name: string): Inline<AxisOption>["emit"] =>
  (emit, x, { axis }) => {
    const rank = x.type.shape.length - 1;
    const place = placeOf(axis, rank) ?? rank - 1;
    if (place === rank - 1) return emit(name, [x], {});
    // Two axes change their places, which is its own inverse.
    const swap = x.type.shape.map((_, i) => (i === place + 1 ? rank : i === rank ? place + 1 : i));
    const turned = emit("transpose", [x], { permutation: swap });
    return emit("transpose", [emit(name, [turned], {})], { permutation: swap });
  };
