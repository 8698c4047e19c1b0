/** The weights of an ensemble from those of its members. */
import { memberName } from "../dsl/ensemble.js";
import type { Weights } from "./initial-weights.js";

/**
 * Weights of models that were trained apart, as those of the ensemble of these models in the same order.
 *
 * @example
 * const weights = ensembleWeights([await trainerA.weights(), await trainerB.weights()])
 */
export const ensembleWeights = (members: readonly Weights[]): Weights =>
  new Map(
    members.flatMap((member, i) => [...member].map(([name, array]) => [`${memberName(i)}/${name}`, array] as const)),
  );
