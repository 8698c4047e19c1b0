/** What a schedule is: the learning rate as a pure function of the number of steps taken. */
import { optionsProblem, type Rules } from "../options.js";

export type ScheduleOption = number | boolean | readonly number[];

export interface Schedule {
  readonly kind: "schedule";
  /** Keras's name. */
  readonly name: string;
  /** As given; for checkpoints and exports. */
  readonly options: Readonly<Record<string, ScheduleOption>>;
  /** What is wrong with the options, if anything; said when the model is compiled. */
  readonly problem?: string | undefined;
  /** The learning rate of the step after `step` others. */
  readonly at: (step: number) => number;
}

export const isSchedule = (value: unknown): value is Schedule =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === "schedule";

interface Facts {
  readonly maker: string;
  readonly name: string;
  readonly given: object;
  readonly rules: Rules;
  readonly at: (step: number) => number;
  /** What the rules cannot say; asked when they hold. */
  readonly problem?: (() => string | undefined) | undefined;
}

export const schedule = ({ maker, name, given, rules, at, problem }: Facts): Schedule => {
  const wrong = missing(maker, given, rules) ?? optionsProblem(maker, given, rules) ?? problem?.();
  return {
    kind: "schedule",
    name,
    options: Object.fromEntries(Object.entries(given).filter(([, value]) => isScheduleOption(value))),
    problem: wrong,
    at: wrong === undefined ? at : () => Number.NaN,
  };
};

const isScheduleOption = (value: unknown): value is ScheduleOption =>
  typeof value === "number" || typeof value === "boolean" || Array.isArray(value);

/** Types say which options are needed; a module that is not type-checked may lack one. */
const missing = (maker: string, given: object, rules: Rules): string | undefined => {
  const name = Object.keys(rules).find((rule) => requiredNames.has(rule) && !(rule in given));
  return name === undefined ? undefined : `${maker}: ${name} is missing: give ${rules[name]?.example ?? "it"}`;
};
const requiredNames: ReadonlySet<string> = new Set([
  "initialLearningRate",
  "maximalLearningRate",
  "decaySteps",
  "firstDecaySteps",
  "totalSteps",
  "decayRate",
  "boundaries",
  "values",
]);
