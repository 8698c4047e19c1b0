/** The memory of the reference backend: float64 arrays with a reference count. */
import { invariant } from "../../errors.js";
import type { Buffer } from "../backend.js";

export interface Storage {
  readonly data: Float64Array;
  references: number;
}

const isStorage = (handle: object): handle is Storage => "references" in handle;

export const storageOf = ({ handle }: Buffer): Storage => {
  invariant(isStorage(handle), "this buffer is not one of the reference backend");
  invariant(handle.references > 0, "this buffer was released before");
  return handle;
};
