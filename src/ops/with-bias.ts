/** The end that all convolutions have: a number per filter, then the inline activation. */
import type { Value } from "../compiler/ir/graph.js";
import { emitActivation, type ActivationName } from "./activations.js";
import { lastAxis } from "./image-axes.js";
import { zeros, type Initializer } from "./initializers.js";
import type { LayerBuilder } from "./layer.js";

export interface BiasOptions<A, B = boolean> {
  readonly useBias?: B | undefined;
  readonly activation?: A | undefined;
  readonly biasInitializer?: Initializer | undefined;
}

/** The weight `bias`, unless `useBias` is false, added over the last axis; then the activation. */
export const withBias = (
  { emit, parameter }: Pick<LayerBuilder, "emit" | "parameter">,
  y: Value,
  { useBias = true, activation, biasInitializer = zeros }: BiasOptions<ActivationName>,
): Value => {
  if (!useBias) return emitActivation(emit, y, activation);
  const bias = parameter("bias", [lastAxis(y)], { initializer: biasInitializer });
  return emitActivation(emit, emit("biasAdd", [y, bias], {}), activation);
};
