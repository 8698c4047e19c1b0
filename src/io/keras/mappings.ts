/** The Keras mappings by Keras's class and by our word. */
import type { KerasMapping } from "../../ops/keras.js";
import { activationMappings } from "../../ops/keras-activation.js";
import * as layers from "../../ops/keras-index.js";
import { operationMappings } from "../../ops/keras-operations.js";

const isMapping = (value: unknown): value is KerasMapping =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === "keras";

export const kerasMappings: readonly KerasMapping[] = [
  ...Object.values<unknown>(layers).filter(isMapping),
  ...activationMappings,
  ...operationMappings,
];

const byClass: ReadonlyMap<string, KerasMapping> = new Map(
  kerasMappings.flatMap((mapping) => mapping.classes.map((name) => [name, mapping] as const)),
);

const byWord: ReadonlyMap<string, KerasMapping> = new Map(
  kerasMappings.filter(({ write }) => write !== undefined).map((mapping) => [mapping.word, mapping]),
);

export const mappingOfClass = (className: string): KerasMapping | undefined => byClass.get(className);
export const mappingOfWord = (word: string): KerasMapping | undefined => byWord.get(word);
