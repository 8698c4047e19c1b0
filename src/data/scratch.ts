/**
 * Memory of maps that follow one another. What a map gives is a new array, since others may keep it; between two maps of one
 * pipeline nobody else sees it, so that it can lie in an array that the next example uses again.
 */

/** Gives an array of so many numbers to write to: whatever they are, each is to be written. */
export type Fresh = (size: number) => Float32Array;

/** An array of its own. */
export const allocate: Fresh = (size) => new Float32Array(size);

/** A map that can be told where its results come from. */
export type Into<F> = F extends (value: infer A, place: infer P) => infer B
  ? (value: A, place: P, fresh: Fresh) => B
  : never;

/** The map with the form of it that takes arrays where it is told to. */
export const withInto = <F extends object, I>(map: F, into: I): F => Object.assign(map, { "~into": into });

/** That form of a map, if it has one. */
export const intoOf = <F extends (value: never, place: never) => unknown>(map: F): Into<F> | undefined => {
  // Sound: looked at before it is used; `withInto` alone writes this name.
  const { "~into": into } = map as { readonly "~into"?: Into<F> };
  return into;
};

/** Arrays that are used again, but for the one that is held. */
export interface Scratch {
  /** Gives arrays with no memory of `held` and other than those that it has given already. */
  readonly besides: (held: Float32Array | undefined) => Fresh;
  /** Whether an array lies in memory that is used again. */
  readonly owns: (array: Float32Array | undefined) => boolean;
}

/** As many arrays as one step takes at most, and one more. */
export const scratch = (): Scratch => {
  const arrays: Float32Array[] = [];
  return {
    besides: (held) => {
      let next = 0;
      return (size) => {
        if (held !== undefined && arrays[next]?.buffer === held.buffer) next++;
        const known = arrays[next];
        const array = known?.length === size ? known : new Float32Array(size);
        arrays[next++] = array;
        return array;
      };
    },
    owns: (array) => array !== undefined && arrays.some(({ buffer }) => buffer === array.buffer),
  };
};
