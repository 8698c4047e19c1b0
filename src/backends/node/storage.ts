/** Where a buffer's numbers are: a tensor of the addon, or a variable of a session as long as that holds this value. */
import { invariant } from "../../errors.js";
import type { Buffer } from "../backend.js";

/** A value of a variable: until the variable takes the next one. */
export interface Held {
  /** Copies the values of these storages out of their variables, to tensors. */
  readonly copyOut: (storages: readonly Storage[]) => void;
  readonly name: string;
}

export interface Storage {
  readonly bytes: number;
  references: number;
  /** The number of the tensor, where there is one. */
  tensor: number | undefined;
  /** The variable, as long as it has this value. */
  held: Held | undefined;
}

const isStorage = (handle: object): handle is Storage => "references" in handle && "tensor" in handle;

export const storageOf = ({ handle }: Buffer): Storage => {
  invariant(isStorage(handle), "this buffer is not one of the node backend");
  invariant(handle.references > 0, "this buffer was released before");
  return handle;
};

/** The tensors of these storages; values that are in variables only are copied out, those of one session at once. */
export const tensorsOf = (storages: readonly Storage[]): readonly number[] => {
  const byOwner = new Map<Held["copyOut"], Storage[]>();
  for (const storage of new Set(storages)) {
    if (storage.tensor !== undefined) continue;
    invariant(storage.held, "this buffer was given to a run that put a new value in its place: retain it before");
    const { copyOut } = storage.held;
    byOwner.set(copyOut, [...(byOwner.get(copyOut) ?? []), storage]);
  }
  for (const [copyOut, owned] of byOwner) copyOut(owned);
  return storages.map(({ tensor }) => {
    invariant(tensor !== undefined, "a value was copied out of its variable");
    return tensor;
  });
};
