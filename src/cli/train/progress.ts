/** Progress of training: a bar an epoch on a terminal, else a line every tenth of one; a line of figures when an epoch ends. */
import cliProgress from "cli-progress";
import type { EpochRecord } from "../../train/callback.js";
import type { Progress } from "../../train/fit.js";
import { count, figures, seconds } from "../quantities.js";
import type { Terminal } from "../terminal.js";

export interface TrainingProgress {
  readonly onBatch: (progress: Progress) => void;
  readonly onEpoch: (record: EpochRecord) => void;
  /** Leaves the terminal as it was. */
  readonly close: () => void;
}

/** Examples done and when, at the first batch of this epoch that this process ran. */
interface EpochStart {
  readonly epoch: number;
  readonly time: number;
  readonly examples: number;
}

interface Pace {
  /** Examples a second. */
  readonly rate: number;
  /** Seconds, where it is known how many examples there are. */
  readonly left: number | undefined;
}

const paceOf = (start: EpochStart, { examples }: Progress, total: number | undefined): Pace => {
  const rate = (examples - start.examples) / Math.max(1e-3, (performance.now() - start.time) / 1000);
  return { rate, left: total === undefined ? undefined : (total - examples) / Math.max(1e-3, rate) };
};

/** Below that share of the time it does not matter that training waits for its data. */
const noticeable = 0.05;

const describe = ({ means, waiting }: Progress, { rate, left }: Pace, unit: string): string => {
  const eta = left === undefined ? [] : [`ETA ${seconds(left)}`];
  const wait = waiting < noticeable ? [] : [`waits for data ${Math.round(100 * waiting)} %`];
  return [`${count(Math.round(rate))} ${unit}/s`, ...eta, ...wait, figures(means)].join("  ");
};

interface Shown {
  readonly show: (progress: Progress, pace: Pace) => void;
  readonly stop: () => void;
}

export interface WhatIsCounted {
  /** The number of training examples, where it is known. */
  readonly total: number | undefined;
  /** `images` or `examples`. */
  readonly unit: string;
}

const barOn = (stream: NodeJS.WriteStream, { total = 0, unit }: WhatIsCounted): Shown => {
  const options = {
    stream,
    format: "epoch {epoch}  {bar}  {percentage} %  {text}",
    hideCursor: true,
    clearOnComplete: true,
    barsize: 24,
  };
  const bar = new cliProgress.SingleBar(options, cliProgress.Presets.shades_classic);
  let epoch = -1;
  return {
    show: (progress, pace) => {
      const payload = { epoch: `${progress.epoch + 1}/${progress.epochs}`, text: describe(progress, pace, unit) };
      if (progress.epoch !== epoch) bar.start(total, progress.examples, payload);
      else bar.update(progress.examples, payload);
      epoch = progress.epoch;
    },
    stop: () => bar.stop(),
  };
};

const linesOn = (terminal: Terminal, { total, unit }: WhatIsCounted): Shown => {
  let shown = -1;
  return {
    show: (progress, pace) => {
      if (total === undefined) return;
      const tenth = Math.floor((10 * progress.examples) / total);
      const place = 10 * progress.epoch + tenth;
      // The whole is said by the line of figures.
      if (tenth === 0 || place === shown || progress.examples === total) return;
      shown = place;
      const percent = Math.floor((100 * progress.examples) / total);
      terminal.note(`epoch ${progress.epoch + 1}/${progress.epochs}  ${percent} %  ${describe(progress, pace, unit)}`);
    },
    stop: () => undefined,
  };
};

export const trainingProgress = (terminal: Terminal, counted: WhatIsCounted): TrainingProgress => {
  // A bar without an end says nothing.
  const shown =
    terminal.bar === undefined || counted.total === undefined
      ? linesOn(terminal, counted)
      : barOn(terminal.bar, counted);
  let start: EpochStart = { epoch: -1, time: performance.now(), examples: 0 };
  let began = performance.now();
  return {
    onBatch: (progress) => {
      if (progress.epoch !== start.epoch) {
        // The first batch, which compiles kernels, is not in the rate.
        start = { epoch: progress.epoch, time: performance.now(), examples: progress.examples };
        return;
      }
      shown.show(progress, paceOf(start, progress, counted.total));
    },
    onEpoch: ({ epoch, epochs, metrics }) => {
      shown.stop();
      terminal.note(
        `epoch ${epoch + 1}/${epochs}  ${seconds((performance.now() - began) / 1000)}  ${figures(metrics)}`,
      );
      began = performance.now();
    },
    close: shown.stop,
  };
};
