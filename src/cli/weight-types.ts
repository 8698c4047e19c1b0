/** The names and shapes of a model's weights as TypeScript source: what `Params` says where types know the model. */
import type { LoadedModel } from "./loaded-model.js";

export type WeightShapes = Readonly<Record<string, readonly number[]>>;

export const weightShapes = ({ weights }: LoadedModel): WeightShapes =>
  Object.fromEntries(
    weights.kind === "trained"
      ? [...weights.values].map(([name, { shape }]) => [name, shape])
      : weights.infos.map(({ name, shape }) => [name, shape]),
  );

export const weightTypes = (shapes: WeightShapes): string => {
  const members = Object.entries(shapes).map(([name, shape]) => `  ${JSON.stringify(name)}: [${shape.join(", ")}];\n`);
  return `/** The weights by name, as \`svertka summary --types\` wrote them; \`TypedWeights<Params>\` are weights of this model. */
export type Params = {
${members.join("")}};`;
};
