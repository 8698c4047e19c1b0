/** What Keras mappings of the normalisations share: gamma and beta. */
import { ones, zeros } from "./initializers.js";
import { given, type LayerOptions } from "./keras.js";
import type { KerasConfig } from "./keras-config.js";
import { writeInitializer, writeRegularizer } from "./keras-objects.js";

export const readAffine = (config: KerasConfig): LayerOptions => {
  config.noteTraining("beta_constraint", "gamma_constraint");
  return given({
    epsilon: config.numberOr(1e-3, "epsilon"),
    center: config.flagOr(true, "center"),
    scale: config.flagOr(true, "scale"),
    betaInitializer: config.initializer("beta_initializer", zeros),
    gammaInitializer: config.initializer("gamma_initializer", ones),
    betaRegularizer: config.regularizer("beta_regularizer"),
    gammaRegularizer: config.regularizer("gamma_regularizer"),
  });
};

export const affineNames = ({ scale, center }: LayerOptions): readonly (string | false)[] => [
  scale !== false && "gamma",
  center !== false && "beta",
];

export const writeAffine = (options: LayerOptions): LayerOptions => ({
  epsilon: options["epsilon"] ?? 1e-3,
  center: options["center"] ?? true,
  scale: options["scale"] ?? true,
  beta_initializer: writeInitializer(options["betaInitializer"], zeros),
  gamma_initializer: writeInitializer(options["gammaInitializer"], ones),
  beta_regularizer: writeRegularizer(options["betaRegularizer"]),
  gamma_regularizer: writeRegularizer(options["gammaRegularizer"]),
});
