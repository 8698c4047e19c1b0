/** GPUs can be taken away: a device whose calls and reads then fail with an error value's sentence. */
import { SvertkaFailure, mistake, type SvertkaError } from "../../errors.js";
import type { KernelDevice } from "../backend.js";

/** What tells that a GPU is gone. */
export interface Watch {
  readonly isLost: () => boolean;
  /** Settles when it is lost. */
  readonly lost: Promise<void>;
}

/** The error of a run whose GPU is gone. */
export const backendLost = (name: string, what: string): SvertkaError =>
  mistake(
    "BackendLost",
    name,
    `${name}: the ${what} was lost (the GPU was reset, or its memory ran out): compile again and go on from the last weights; a smaller batch needs less memory`,
  );

/** The device, whose calls and reads throw the failure as soon as the GPU is gone; the runners turn it into a value. */
export const watched = (device: KernelDevice, watch: Watch, error: SvertkaError): KernelDevice => {
  /** Errors that a lost GPU causes are of its loss; others are our bugs. */
  const guarded = <A>(run: () => A): A => {
    if (watch.isLost()) throw new SvertkaFailure(error);
    try {
      return run();
    } catch (thrown) {
      throw watch.isLost() ? new SvertkaFailure(error) : thrown;
    }
  };
  const gone = watch.lost.then((): never => {
    throw new SvertkaFailure(error);
  });
  // Nobody may be reading when the GPU goes.
  gone.catch(() => undefined);
  return {
    ...device,
    upload: (numbers, type) => guarded(() => device.upload(numbers, type)),
    call: (call, inputs, type) => guarded(() => device.call(call, inputs, type)),
    read: async (buffer) => {
      const numbers = await Promise.race([guarded(() => device.read(buffer)), gone]);
      if (watch.isLost()) throw new SvertkaFailure(error);
      return numbers;
    },
    prepare:
      device.prepare === undefined
        ? undefined
        : async (run) => {
            try {
              await Promise.race([device.prepare?.(run), gone]);
            } catch (thrown) {
              throw watch.isLost() ? new SvertkaFailure(error) : thrown;
            }
          },
    release: (buffer) => {
      if (!watch.isLost()) device.release(buffer);
    },
  };
};
