/** Compiled graphs by the shapes of their inputs: the last few are kept ready. */
import type { SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { CompiledGraph } from "./compiled-graph.js";

/** Sizes of pictures that come in turn; each keeps its programs and what they have prepared from weights. */
const maximalSpecialisations = 4;

export interface Specialisations {
  /** Makes the graph of that key ready before it is used. */
  readonly prepare: (key: string, make: () => Either<SvertkaError, CompiledGraph>) => Either<SvertkaError, void>;
  /** Runs with the graph of that key, made where it is not there; the graph stays until the run has ended. */
  readonly use: <A>(
    key: string,
    make: () => Either<SvertkaError, CompiledGraph>,
    run: (compiled: CompiledGraph) => Promise<Either<SvertkaError, A>>,
  ) => Promise<Either<SvertkaError, A>>;
  readonly dispose: () => void;
}

interface Entry {
  readonly compiled: CompiledGraph;
  /** Runs that have begun and not ended. */
  users: number;
  isForgotten: boolean;
}

export const specialisations = (): Specialisations => {
  const entries = new Map<string, Entry>();
  const forget = (key: string, entry: Entry): void => {
    entries.delete(key);
    entry.isForgotten = true;
    if (entry.users === 0) entry.compiled.dispose();
  };
  const entryOf = (key: string, make: () => Either<SvertkaError, CompiledGraph>): Either<SvertkaError, Entry> => {
    const known = entries.get(key);
    if (known !== undefined) {
      // Used last: moved to the end, so that the first in the map is the one longest unused.
      entries.delete(key);
      entries.set(key, known);
      return E.right(known);
    }
    const made = make();
    if (E.isLeft(made)) return made;
    for (const [oldest, entry] of entries) {
      if (entries.size < maximalSpecialisations) break;
      forget(oldest, entry);
    }
    const entry: Entry = { compiled: made.right, users: 0, isForgotten: false };
    entries.set(key, entry);
    return E.right(entry);
  };
  return {
    prepare: (key, make) => {
      const entry = entryOf(key, make);
      return E.isLeft(entry) ? entry : E.right(undefined);
    },
    use: async (key, make, run) => {
      const found = entryOf(key, make);
      if (E.isLeft(found)) return found;
      const entry = found.right;
      entry.users++;
      try {
        return await run(entry.compiled);
      } finally {
        entry.users--;
        if (entry.isForgotten && entry.users === 0) entry.compiled.dispose();
      }
    },
    dispose: () => {
      for (const [key, entry] of entries) forget(key, entry);
    },
  };
};
