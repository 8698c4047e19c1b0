/** Runs programs on a device: no tape, no tensors in between, every buffer freed at its last use. */
import { invariant } from "../errors.js";
import { fillsOf, type Program, type Step } from "../compiler/lowering/program.js";
import type { Buffer, Feeds, KernelDevice, Results } from "./backend.js";

/** A program with what it computes once kept ready. */
export interface LoadedProgram {
  readonly program: Program;
  readonly run: (feeds: Feeds) => Results;
  /** Releases what was kept. */
  readonly dispose: () => void;
}

type Slots = (Buffer | undefined)[];

/** Runs the preparing steps; `feeds` must hold the weights when they are stable. */
export const loadProgram = (device: KernelDevice, program: Program, feeds: Feeds): LoadedProgram => {
  const start: Slots = fedSlots(program, feeds, "prepare");
  runSteps(device, program.prepare, start);
  const kept = program.prepared.map((slot) => [slot, bufferAt(start, slot)] as const);
  return {
    program,
    run: (next) => {
      const slots = fedSlots(program, next, "run");
      for (const [slot, buffer] of kept) slots[slot] = buffer;
      runSteps(device, program.steps, slots);
      return collect(device, program, slots);
    },
    dispose: () => kept.forEach(([, buffer]) => device.release(buffer)),
  };
};

const fedSlots = (program: Program, feeds: Feeds, phase: "prepare" | "run"): Slots => {
  const slots: Slots = Array.from({ length: program.slots });
  for (const { kind, name, slot } of program.feeds)
    if (phase === "run" || kind !== "input") slots[slot] = feeds[kind](name);
  return slots;
};

const bufferAt = (slots: Slots, slot: number): Buffer => {
  const buffer = slots[slot];
  invariant(buffer, `slot ${slot} is read before it is filled`);
  return buffer;
};

/** Runs steps; where one of them fails, what they had made is released. */
const runSteps = (device: KernelDevice, steps: readonly Step[], slots: Slots): void => {
  try {
    callSteps(device, steps, slots);
  } catch (thrown) {
    for (const slot of steps.flatMap(fillsOf)) {
      const made = slots[slot];
      if (made !== undefined) device.release(made);
      slots[slot] = undefined;
    }
    throw thrown;
  }
};

const callSteps = (device: KernelDevice, steps: readonly Step[], slots: Slots): void => {
  for (const step of steps) {
    if (step.kind === "free") {
      device.release(bufferAt(slots, step.slot));
      slots[step.slot] = undefined;
    } else if (step.kind === "joint") callJoint(device, step, slots);
    else if (step.kind === "view") slots[step.output] = device.view(bufferAt(slots, step.input), step.type);
    else
      slots[step.output] = device.call(
        step.call,
        step.inputs.map((slot) => slots[slot] ?? absent),
        step.type,
      );
  }
};

const callJoint = (device: KernelDevice, step: Step & { readonly kind: "joint" }, slots: Slots): void => {
  invariant(device.callJoint, `the ${device.name} backend gives several results at once`);
  const made = device.callJoint(
    step.call,
    step.inputs.map((slot) => bufferAt(slots, slot)),
    step.outputs.map(({ type }) => type),
  );
  step.outputs.forEach(({ slot }, index) => (slots[slot] = made[index]));
};

/** Stands for inputs that a node has but its call does not use: they may be freed already. */
const absent: Buffer = { type: { dtype: "f32", shape: [0] }, handle: {} };

/** Results get a reference of their own, so that a weight or a kept value can be a result; then the steps' own are dropped. */
const collect = (device: KernelDevice, program: Program, slots: Slots): Results => {
  const borrowed = new Set([...program.feeds.map((feed) => feed.slot), ...program.prepared]);
  const results = program.outputs.map(({ slot }) => device.retain(bufferAt(slots, slot)));
  for (const slot of new Set(program.outputs.map((output) => output.slot)))
    if (!borrowed.has(slot)) device.release(bufferAt(slots, slot));
  return results;
};
