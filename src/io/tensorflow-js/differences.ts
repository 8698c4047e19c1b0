/** Where a word of TensorFlow.js (and of Keras 2) means something else than Keras 3's, which the reader of layers knows. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { isObject } from "../../json-object.js";
import { at, listAt, textAt } from "../keras/json.js";

interface Difference {
  readonly says: (className: string, config: unknown) => boolean;
  readonly rule: string;
}

const differences: readonly Difference[] = [
  {
    // 0.2 x + 0.5 there, x / 6 + 0.5 in Keras 3.
    says: (_, config) => ["hard_sigmoid", "hardSigmoid"].includes(textAt(config, "activation") ?? ""),
    rule: "hard_sigmoid of TensorFlow.js (0.2 x + 0.5) is not Keras 3's: use another activation",
  },
  {
    // No half pixels: the first rows and columns lie on the input's own.
    says: (className, config) => className === "UpSampling2D" && textAt(config, "interpolation") === "bilinear",
    rule: "bilinear interpolation of TensorFlow.js is not Keras's: use 'nearest'",
  },
];

const problemOf = (layer: unknown): string | undefined => {
  const [className, config] = [textAt(layer, "class_name") ?? "", at(layer, "config")];
  const found = differences.find(({ says }) => says(className, config));
  return found === undefined
    ? undefined
    : `model.json: ${(textAt(config, "name") ?? className).slice(0, 60)}: ${found.rule}`;
};

/** The first layer that means something else, in models inside models too. */
export const checkDifferences = (model: unknown, where: string): Either<SvertkaError, void> => {
  // Its own stack: nesting was judged when the JSON was read.
  const left: unknown[] = [model];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const problem = problemOf(next);
    if (problem !== undefined) return fail("Unsupported", where, problem);
    const config = at(next, "config");
    const layers: readonly unknown[] = Array.isArray(config) ? config : (listAt(config, "layers") ?? []);
    left.push(...layers.filter(isObject), ...[at(config, "layer")].filter(isObject));
  }
  return E.right(undefined);
};
