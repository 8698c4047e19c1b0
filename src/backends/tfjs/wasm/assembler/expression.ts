/** WebAssembly code as a plain readonly tree: instructions nest as expressions do, so that `f32x4.add(a, b)` is the code for a + b. */

export type ValueType = "i32" | "f32" | "v128";

/** One instruction with its operands as children; `type` is what it leaves on the stack. */
export interface Instruction<T extends ValueType | "void" = ValueType | "void"> {
  readonly kind: "instruction";
  readonly type: T;
  /** The name in the text format, such as `f32x4.add`. */
  readonly name: string;
  /** The immediates in the text format, such as `offset=16`. */
  readonly immediates: string;
  /** Opcode and immediates in the binary format. */
  readonly code: readonly number[];
  readonly operands: readonly Expression[];
}

/** An expression that leaves one value. */
export type Expression<T extends ValueType = ValueType> = Instruction<T>;
export type I32 = Expression<"i32">;
export type F32 = Expression<"f32">;
export type V128 = Expression<"v128">;

/** The target of a branch, compared by identity; the name is for the text only. */
export interface Label {
  readonly name: string;
}

/** A branch to the end of a block or to the start of a loop. */
export interface Branch {
  readonly kind: "branch";
  readonly label: Label;
  readonly condition: I32 | undefined;
}

/** `block` and `loop`, with the label that branches inside name. */
export interface Block {
  readonly kind: "block" | "loop";
  readonly label: Label;
  readonly body: readonly Statement[];
}

/** `if` without a value. */
export interface Conditional {
  readonly kind: "if";
  readonly condition: I32;
  readonly accepted: readonly Statement[];
  readonly otherwise: readonly Statement[];
}

/** What leaves nothing on the stack: a body is a list of these. */
export type Statement = Instruction<"void"> | Branch | Block | Conditional;

/** Makes an instruction. */
export const instruction = <T extends ValueType | "void">(
  type: T,
  name: string,
  parts: { readonly code: readonly number[]; readonly operands?: readonly Expression[]; readonly immediates?: string },
): Instruction<T> => ({
  kind: "instruction",
  type,
  name,
  immediates: parts.immediates ?? "",
  code: parts.code,
  operands: parts.operands ?? [],
});

/** Instructions of one form from a table of names and opcodes. */
export const instructionTable = <Name extends string, Make>(
  opcodes: Readonly<Record<Name, number>>,
  make: (name: string, opcode: number) => Make,
): Readonly<Record<Name, Make>> =>
  Object.fromEntries(
    // Sound: Object.entries of a record of names gives these names with their numbers.
    (Object.entries(opcodes) as [Name, number][]).map(([name, opcode]) => [name, make(name, opcode)]),
  ) as Readonly<Record<Name, Make>>; // Sound: the same keys, each mapped by `make`.
