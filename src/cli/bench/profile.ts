/** Where the time of a prediction goes: each kernel call timed by itself, grouped by the layers that it computes. */
import { fail, orReject, orThrow, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Backend, Buffer, KernelDevice } from "../../backends/backend.js";
import { operators } from "../../ops/registry.js";
import { compileGraph } from "../../run/compiled-graph.js";
import { explain } from "../../run/explain.js";
import { inferenceGraph } from "../../run/inference-graph.js";
import { weightStore } from "../../run/weight-store.js";
import type { LoadedModel } from "../loaded-model.js";
import { inputsFor, weightsFor } from "./subject.js";
import { quantile } from "./times.js";

export interface ProfileRow {
  readonly layers: readonly string[];
  readonly kernel: string;
  readonly operators: string;
  readonly calls: number;
  /** Median over the runs, of all calls of the row. */
  readonly milliseconds: number;
  /** Of the time in kernels. */
  readonly share: number;
}

const runs = 15;

/** The device with a clock in each call. */
const timed = (device: KernelDevice): { readonly device: KernelDevice; readonly times: number[] } => {
  const times: number[] = [];
  const clocked = <A>(call: () => A): A => {
    const start = performance.now();
    const made = call();
    times.push(performance.now() - start);
    return made;
  };
  const { bind, bindJoint, callJoint: joint } = device;
  return {
    times,
    device: {
      ...device,
      call: (...call) => clocked(() => device.call(...call)),
      ...(joint === undefined ? {} : { callJoint: (...call) => clocked(() => joint(...call)) }),
      bind:
        bind &&
        ((...call) => {
          const run = bind(...call);
          return (inputs) => clocked(() => run(inputs));
        }),
      bindJoint:
        bindJoint &&
        ((...call) => {
          const run = bindJoint(...call);
          return (inputs) => clocked(() => run(inputs));
        }),
    },
  };
};

/** Rows in the order of the first call of each; nothing for a backend that runs whole graphs. */
export const profileOf = async (
  model: LoadedModel,
  backend: Backend,
  batch: number,
): Promise<Either<SvertkaError, readonly ProfileRow[]>> => {
  const loaded = await orReject(backend.load);
  if (loaded.kind !== "kernels")
    return fail(
      "Unsupported",
      "--profile",
      `the ${loaded.name} backend runs the whole model by one call, and no times of layers are known: take wasm or cpu`,
    );
  const { device, times } = timed(loaded);
  const made = model.model === undefined ? undefined : orThrow(inferenceGraph(model.model));
  const compiled = compileGraph(made?.graph ?? model.graph, { registry: operators, device, stableWeights: true });
  const explanation = orThrow(explain(compiled, device, { batch, layers: made?.model.layers ?? [] }));
  const store = weightStore(device);
  orThrow(store.upload(weightsFor(model)));
  const inputs = new Map(
    Object.entries(inputsFor(model, batch)).map(([name, { data, dtype, shape }]) => [
      name,
      device.upload(data, { dtype, shape }),
    ]),
  );
  const input = (name: string): Buffer => inputs.get(name) ?? store.get(name);
  const perCall: number[][] = explanation.calls.map(() => []);
  for (let run = 0; run < runs; run++) {
    times.length = 0;
    const results = orThrow(await compiled.run(batch, { input, parameter: store.get, state: store.get }));
    for (const result of results) device.release(result);
    // The first run prepares weights and writes kernels.
    if (run > 0) perCall.forEach((all, index) => all.push(times[index] ?? 0));
  }
  for (const buffer of inputs.values()) device.release(buffer);
  compiled.dispose();
  store.dispose();
  return E.right(rowsOf(explanation.calls, perCall));
};

const rowsOf = (
  calls: readonly { readonly layers: readonly string[]; readonly kernel: string; readonly operators: string }[],
  perCall: readonly (readonly number[])[],
): readonly ProfileRow[] => {
  const medians = perCall.map((all) =>
    quantile(
      all.toSorted((a, b) => a - b),
      0.5,
    ),
  );
  const whole = medians.reduce((a, b) => a + b, 0);
  const rows = new Map<string, ProfileRow>();
  calls.forEach(({ layers, kernel, operators: computed }, index) => {
    const key = `${layers.join()} ${kernel} ${computed}`;
    const known = rows.get(key);
    const milliseconds = (known?.milliseconds ?? 0) + (medians[index] ?? 0);
    const share = whole === 0 ? 0 : milliseconds / whole;
    rows.set(key, { layers, kernel, operators: computed, calls: (known?.calls ?? 0) + 1, milliseconds, share });
  });
  return [...rows.values()];
};
