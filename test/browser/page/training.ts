/** What a training page does for tests: steps, memory over many of them, and going on after its GPU is lost. */
import { compile, orReject, type Backend } from "svertka";
import { adam, sparseCategoricalCrossentropy, trainer, type Trainer } from "svertka/train";
import { net, pictures, weights } from "./net.js";

export interface TrainingPage {
  readonly losses: (steps: number) => Promise<readonly number[]>;
  /** Buffers and bytes after some steps and predictions, and after many more. */
  readonly memory: (steps: number) => Promise<readonly unknown[]>;
  /** What a step and a prediction say when `lose` has been called, and the losses of a training that goes on from the snapshot. */
  readonly goOn: (lose: () => void) => Promise<Record<string, unknown>>;
}

export const trainingPage = (backend: Backend): TrainingPage => {
  const open = (from: ReadonlyMap<string, unknown> = weights): Promise<Trainer> =>
    orReject(
      trainer({
        model: net,
        backend,
        weights: from as typeof weights, // sound: what the trainer itself gave
        loss: sparseCategoricalCrossentropy(),
        optimizer: adam({ learningRate: 0.01 }),
      }),
    );
  const stepped = async (training: Trainer, steps: number): Promise<readonly number[]> => {
    const losses: number[] = [];
    for (let step = 0; step < steps; step++)
      losses.push((await orReject(training.step(pictures(8))))["loss"] ?? Number.NaN);
    return losses;
  };
  return {
    losses: async (steps) => {
      const training = await open();
      const losses = await stepped(training, steps);
      training.dispose();
      return losses;
    },
    memory: async (steps) => {
      const training = await open();
      const predictor = await orReject(compile(net, { backend, weights }));
      const both = async (times: number): Promise<unknown> => {
        for (let time = 0; time < times; time++) {
          await stepped(training, 1);
          await orReject(predictor.predict(pictures(4 + (time % 2)).x));
        }
        return training.device.memory();
      };
      const measured = [await both(6), await both(steps)];
      training.dispose();
      predictor.dispose();
      return measured;
    },
    goOn: async (lose) => {
      const training = await open();
      const predictor = await orReject(compile(net, { backend, weights }));
      const before = await stepped(training, 5);
      const last = await training.weights();
      lose();
      const step = await training.step(pictures(8))();
      const prediction = await predictor.predict(pictures(2).x)();
      training.dispose();
      predictor.dispose();
      const again = await open(last);
      const after = await stepped(again, 5);
      again.dispose();
      return { before, step, prediction, after };
    },
  };
};
