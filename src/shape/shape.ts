/** What a shape is: axes without the batch; and what stands in its place when shapes do not fit. */

/** An axis: a literal where types know it, `number` where only the run time does, `null` where nobody does before data comes. */
export type Dim = number | null;

/** The axes of a value, batch axis left out. */
export type Shape = readonly Dim[];

/** A poisoned shape: carries the sentence, passes through every rule, is refused by every layer. At run time an empty array with these properties. */
export interface ShapeError<M extends string> extends ReadonlyArray<never> {
  readonly error: M;
  /** The path of `named` scopes around the layer that did not fit; empty at the top. */
  readonly where: string;
}

/** Makes the poisoned shape of a sentence. */
export const poisoned = <M extends string>(error: M, where = ""): ShapeError<M> => {
  const empty: never[] = [];
  return Object.assign(empty, { error, where });
};

export const isPoisoned = (shape: Shape): shape is ShapeError<string> => "error" in shape;

/** Flat constraint: whatever R is, a deferred AsShape<R> is assignable to Shape. */
export type AsShape<R> = [R] extends [infer S extends Shape] ? S : never;
