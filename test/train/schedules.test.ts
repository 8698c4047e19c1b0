/** Schedules against Keras, step by step. */
import { expect, test } from "vitest";
import { orThrow } from "../../src/errors.js";
import { scheduleNamed, type NamedOptions } from "../../src/train/by-name.js";
import { cosineDecayRestarts, stepDecay, type DecayOptions } from "../../src/train/schedules/index.js";
import { noteGolden, wordOfKeras } from "../support/golden-notes.js";
import { readTraining } from "./training-fixtures.js";

interface ScheduleCase {
  readonly schedule: string;
  readonly options: NamedOptions;
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

test.each(
  readTraining<ScheduleCase>("schedules").cases.map(
    (one) => [`${one.schedule} ${JSON.stringify(one.options)}`, one] as const,
  ),
)("%s", (_, { schedule, options, steps, values }) => {
  const { at } =
    schedule === "step_decay"
      ? stepDecay(options as unknown as DecayOptions) // the fixture of that schedule has its options
      : orThrow(scheduleNamed(schedule, options));
  // Keras computes in float32: an absolute error of a millionth of the largest rate.
  const largest = Math.max(...values);
  const errors = steps.map((step, i) => Math.abs(at(step) - (values[i] ?? 0)) / largest);
  errors.forEach((error, i) => expect(error, `step ${steps[i]}`).toBeLessThanOrEqual(2e-6));
  noteGolden({ section: "schedules", name: wordOfKeras(schedule), errors: { forward: Math.max(...errors) } });
});

test("a step on which a period begins is that period's first", () => {
  const { at } = cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: 5 });
  expect([0, 5, 15, 35].map(at)).toEqual([1, 1, 1, 1].map(() => expect.closeTo(1, 9)));
});

test("stepDecay falls every so many steps", () => {
  const { at } = stepDecay({ initialLearningRate: 0.1, decaySteps: 3, decayRate: 0.5 });
  expect([0, 2, 3, 5, 6].map(at)).toEqual([0.1, 0.1, 0.05, 0.05, 0.025]);
});
