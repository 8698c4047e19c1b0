/** What a configuration has that svertka has not: all of it at once, by name, before anything is made of it. */
import { mistake, type SvertkaError } from "../../errors.js";
import { nearestName } from "../../dsl/nearest-name.js";
import { isObject, type JsonObject } from "../../json-object.js";
import { operationNames } from "../../ops/keras-operations.js";
import { activationNames } from "../../ops/keras-names.js";
import { inPascalCase, inCamelCase } from "../../ops/keras-activation.js";
import { at, listAt, textAt } from "./json.js";
import { mappingOfClass } from "./mappings.js";

const models = new Set(["Functional", "Model", "Sequential"]);
const operations = new Set([
  ...operationNames,
  ...[...activationNames.keys()].map((name) => inPascalCase(inCamelCase(name))),
]);

export const classOf = (layer: unknown): string => textAt(layer, "class_name") ?? "";

/** Whether it is a model of layers. A class of one's own that is registered has another name for itself. */
export const isModel = (layer: unknown): boolean => models.has(classOf(layer)) && !isCustom(layer);

/** A class that is not Keras's own: it has another module, or is registered under another name; older files have neither. */
const isCustom = (layer: unknown): boolean => {
  const [module, registered] = [textAt(layer, "module"), textAt(layer, "registered_name")];
  if (module !== undefined) return module !== "keras" && !module.startsWith("keras.");
  return registered !== undefined && registered !== classOf(layer);
};

export const isOperation = (layer: unknown): boolean => textAt(layer, "module")?.startsWith("keras.src.ops") ?? false;

const isKnown = (layer: unknown): boolean =>
  isOperation(layer)
    ? operations.has(classOf(layer))
    : classOf(layer) === "InputLayer" || (mappingOfClass(classOf(layer))?.read !== undefined && !isCustom(layer));

/** The layers of a model, or none where the file has something else there. */
export const layersIn = (model: unknown): readonly JsonObject[] =>
  (listAt(at(model, "config"), "layers") ?? []).filter(isObject);

const unknownIn = (model: unknown, found: Set<string>): void => {
  for (const layer of layersIn(model)) {
    if (isModel(layer)) unknownIn(layer, found);
    else if (!isKnown(layer)) found.add(classOf(layer) || "a layer without a class");
  }
};

/** Code in a file is never run. */
const isCode = (name: string): boolean => name === "Lambda";

/** The mistake that names them all, or undefined where every layer is known. */
export const unknownLayers = (model: unknown, where: string): SvertkaError | undefined => {
  const found = new Set<string>();
  if (isModel(model)) unknownIn(model, found);
  else found.add(classOf(model) || "a model without a class");
  if (found.size === 0) return undefined;
  const names = [...found].map((name) => name.slice(0, 40));
  let said = names.join(", ");
  for (let shown = names.length - 1; said.length > 90 && shown > 0; shown--)
    said = `${names.slice(0, shown).join(", ")} and ${names.length - shown} more`;
  const why = names.some(isCode) ? "the code of a Lambda is not run: " : "";
  const known = names.length === 1 ? nearestName(names[0] ?? "", ["Conv2D", "Dense"]) : undefined;
  const remedy = known === undefined ? "replace them in Keras" : "replace it in Keras";
  return mistake("Unsupported", where, `Keras file: svertka has no ${said}: ${why}${remedy}`.slice(0, 200));
};
