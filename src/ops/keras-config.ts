/**
 * The configuration of a layer in a Keras file, read key by key. What is wrong is kept, not thrown: the first problem counts,
 * and a value that stands for the wrong one is returned, so that a mapping reads in straight lines. A key that nobody reads
 * and that says something is a problem, too. A value equal to Keras's default is undefined: models then show what is special.
 */
import { isObject, type JsonObject } from "../json-object.js";
import type { Initializer } from "./initializers.js";
import { activationNames } from "./keras-names.js";
import { readConstraint, readInitializer, readRegularizer } from "./keras-objects.js";
import type { Constraint, Regularizer } from "./layer.js";

export interface KerasProblem {
  readonly tag: "BadFile" | "Unsupported";
  /** The rule and the remedy, without the layer's name. */
  readonly rule: string;
}

/** A list, or an empty one in the place of anything else. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A value as it may stand in a sentence. */
export const shownValue = (value: unknown): string => (JSON.stringify(value) ?? "nothing").slice(0, 40);

/** Keys that every layer has, or that say nothing about what it computes. */
const commonKeys = [
  "name",
  "trainable",
  "dtype",
  "batch_input_shape",
  "batch_shape",
  "input_shape",
  "input_dtype",
  "seed",
  "autocast",
  "build_config",
  "activity_regularizer",
  "lora_rank",
  "lora_alpha",
  "lora_enabled",
  "quantization_config",
];

export class KerasConfig {
  /** The first one. */
  problem: KerasProblem | undefined;
  /** What the file says about training that svertka has not; inference is the same without it. */
  readonly trainingOnly: string[] = [];
  private readonly known = new Set<string>(commonKeys);

  constructor(private readonly json: JsonObject) {}

  bad(rule: string): void {
    this.problem ??= { tag: "BadFile", rule };
  }

  refuse(rule: string): void {
    this.problem ??= { tag: "Unsupported", rule };
  }

  /** The value of a key, or of its older names; null and a missing key are undefined. */
  raw(key: string, ...older: readonly string[]): unknown {
    const names = [key, ...older];
    for (const name of names) this.known.add(name);
    const found = names.find((name) => Object.hasOwn(this.json, name) && this.json[name] !== null);
    return found === undefined ? undefined : this.json[found];
  }

  /** A number that must be there. */
  number(key: string, ...older: readonly string[]): number {
    return this.finite(key, this.raw(key, ...older), undefined) ?? 1;
  }

  /** A number, or undefined where it is Keras's default. */
  numberOr(standard: number, key: string, ...older: readonly string[]): number | undefined {
    const value = this.finite(key, this.raw(key, ...older), standard);
    return value === standard ? undefined : value;
  }

  private finite(key: string, value: unknown, standard: number | undefined): number | undefined {
    if (value === undefined && standard !== undefined) return standard;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    this.bad(`${key} ${shownValue(value)} is no number: the file is damaged`);
    return standard;
  }

  flagOr(standard: boolean, key: string): boolean | undefined {
    const value = this.raw(key) ?? standard;
    if (typeof value !== "boolean")
      this.bad(`${key} ${shownValue(value)} is neither true nor false: the file is damaged`);
    return value === standard || typeof value !== "boolean" ? undefined : value;
  }

  textOr<T extends string>(standard: T, key: string, choices: readonly T[]): T | undefined {
    const value = this.raw(key) ?? standard;
    const found = choices.find((choice) => choice === value);
    if (found === undefined)
      this.refuse(`${key} ${shownValue(value)} is none of ${choices.join(", ")}: change the layer in Keras`);
    return found === standard ? undefined : found;
  }

  /** One number for each of so many axes, as one number where they are equal. */
  sizes(key: string, rank: number): number | readonly number[] {
    return this.sizesOf(key, rank, this.raw(key)) ?? 1;
  }

  sizesOr(standard: number | undefined, key: string, rank: number): number | readonly number[] | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    const sizes = this.sizesOf(key, rank, value);
    return sizes === standard ? undefined : sizes;
  }

  private sizesOf(key: string, rank: number, value: unknown): number | readonly number[] | undefined {
    const list = Array.isArray(value) ? value : [value];
    const sizes = list.filter((size): size is number => Number.isSafeInteger(size));
    const fits =
      sizes.length === list.length && (sizes.length === rank || (sizes.length === 1 && !Array.isArray(value)));
    if (!fits) this.bad(`${key} ${shownValue(value)} is no size over ${rank} axes: the file is damaged`);
    const [first] = sizes;
    return !fits || first === undefined ? undefined : sizes.every((size) => size === first) ? first : sizes;
  }

  /** Cells before and after each of so many axes, in the shortest form. */
  sides(key: string, rank: number): unknown {
    const value = this.raw(key);
    const perAxis: readonly unknown[] = !Array.isArray(value)
      ? Array.from({ length: rank }, () => value)
      : rank === 1 && value.length === 2
        ? [value]
        : value;
    const pairs = perAxis.map((side): readonly unknown[] => (Array.isArray(side) ? side : [side, side]));
    if (pairs.length !== rank || !pairs.every((pair) => pair.length === 2 && pair.every(Number.isSafeInteger))) {
      this.bad(`${key} ${shownValue(value)} is no number of cells for ${rank} axes: the file is damaged`);
      return 0;
    }
    if (pairs.some(([before, after]) => before !== after)) return rank === 1 ? pairs[0] : pairs;
    const each = pairs.map(([side]) => side);
    return each.every((side) => side === each[0]) ? each[0] : each;
  }

  /** A list of whole numbers, of one too where the file has a bare number; null stands for an axis that is not known. */
  axes(key: string): readonly (number | null)[] | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const axes = list.filter((axis): axis is number | null => axis === null || Number.isSafeInteger(axis));
    if (axes.length !== list.length)
      this.bad(`${key} ${shownValue(value)} is no list of whole numbers: the file is damaged`);
    return axes;
  }

  /** Images with channels last, as svertka's are. */
  channelsLast(): void {
    const format = this.raw("data_format") ?? "channels_last";
    if (format !== "channels_last")
      this.refuse(`data_format ${shownValue(format)} is not channels_last: write the model with channels last`);
  }

  /** An option that must be off, because svertka has no such thing. */
  off(...keys: readonly string[]): void {
    for (const key of keys) {
      const value = this.raw(key);
      if (value !== undefined && value !== false)
        this.refuse(`${key} ${shownValue(value)} is not supported: leave it out in Keras`);
    }
  }

  initializer(key: string, standard: Initializer): Initializer | undefined {
    const read = readInitializer(this.raw(key));
    return read === undefined || JSON.stringify(read) === JSON.stringify(standard) ? undefined : read;
  }

  regularizer(key: string): Regularizer | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    const read = readRegularizer(value);
    if (read === undefined) this.trainingOnly.push(key);
    return read;
  }

  constraint(key: string): Constraint | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    const read = readConstraint(value);
    if (read === undefined) this.trainingOnly.push(key);
    return read;
  }

  /** Keys that say nothing here. */
  ignore(...keys: readonly string[]): void {
    for (const key of keys) this.known.add(key);
  }

  /** All other keys with values, under names made of theirs. */
  rest(rename: (key: string) => string): Readonly<Record<string, unknown>> {
    const entries = Object.entries(this.json).filter(([key, value]) => !this.known.has(key) && value !== null);
    for (const [key] of entries) this.known.add(key);
    return Object.fromEntries(entries.map(([key, value]) => [rename(key), value]));
  }

  /** Keys about training that the layer here has not: they are noted. */
  noteTraining(...keys: readonly string[]): void {
    for (const key of keys) if (this.raw(key) !== undefined) this.trainingOnly.push(key);
  }

  /** The activation by name, or the layer object in its place; undefined where there is none. */
  activation(): { readonly name: string | undefined; readonly layer: JsonObject | undefined } {
    const value = this.raw("activation") ?? "linear";
    if (value === "linear") return { name: undefined, layer: undefined };
    if (isObject(value) && isObject(value["config"])) return { name: undefined, layer: value };
    const name = typeof value === "string" ? activationNames.get(value) : undefined;
    if (name === undefined) this.refuse(`activation ${shownValue(value)} is not supported: use another in Keras`);
    return { name, layer: undefined };
  }

  /** What was not read and says something: to be called last. */
  finish(): void {
    if (this.raw("activity_regularizer") !== undefined) this.trainingOnly.push("activity_regularizer");
    if (Object.hasOwn(this.json, "quantization_config") && isObject(this.json["quantization_config"]))
      this.refuse("its weights are quantised: dequantise the model in Keras");
    for (const key of Object.keys(this.json)) {
      const value = this.json[key];
      if (!this.known.has(key) && value !== null && value !== false)
        this.refuse(`${key.slice(0, 40)} ${shownValue(value)} is not supported: leave it out in Keras`);
    }
  }
}
