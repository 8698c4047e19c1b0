/** Tasks one after the other, in the order in which they were asked for. */

/** Gives each task its turn when those before it have ended, well or not. */
export const inTurns = (): (<A>(task: () => Promise<A>) => Promise<A>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const done = last.then(task);
    // A task that failed has told its own caller.
    last = done.catch(() => undefined);
    return done;
  };
};
