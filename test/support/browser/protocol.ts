/** What Node asks of a device in a page, in order; only reads are answered. */
import type { ConcreteType, KernelCall } from "../../../src/ops/operator.js";

/** Numbers as text: their array's kind and their bytes in base64. */
export interface Encoded {
  readonly kind: "Float32Array" | "Float64Array" | "Int32Array";
  readonly base64: string;
}

export type Command =
  | { readonly do: "upload"; readonly id: number; readonly type: ConcreteType; readonly data: Encoded }
  | {
      readonly do: "call";
      readonly id: number;
      readonly call: KernelCall;
      /** Null where the call does not use an input. */
      readonly inputs: readonly (number | null)[];
      readonly type: ConcreteType;
    }
  | { readonly do: "view"; readonly id: number; readonly of: number; readonly type: ConcreteType }
  | { readonly do: "retain" | "release" | "read"; readonly id: number };

export interface Answer {
  readonly id: number;
  readonly data: Encoded;
}
