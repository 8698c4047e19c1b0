/** i32 and f32 instructions. Numbers stand for constants, and constant addresses fold, so that generators need no special cases. */
import { float32, signed, unsigned } from "./encoding.js";
import { instruction, instructionTable, type F32, type I32, type Instruction } from "./expression.js";

/** An i32 operand: a number stands for `i32.const`. */
export type I32Operand = I32 | number;

const i32Const = (value: number): I32 =>
  instruction("i32", "i32.const", { code: [0x41, ...signed(value)], immediates: String(value | 0) });

export const toI32 = (operand: I32Operand): I32 => (typeof operand === "number" ? i32Const(operand) : operand);

/** Alignment hint 4 bytes (2^2): tensors hold 4-byte elements and views may start anywhere among them. */
export const memoryImmediate = (offset: number): readonly number[] => [2, ...unsigned(offset)];
export const offsetText = (offset: number): string => (offset === 0 ? "" : `offset=${offset}`);

const arithmetic = instructionTable(
  {
    eq: 0x46,
    ne: 0x47,
    lt_s: 0x48,
    lt_u: 0x49,
    gt_s: 0x4a,
    gt_u: 0x4b,
    le_s: 0x4c,
    le_u: 0x4d,
    ge_s: 0x4e,
    ge_u: 0x4f,
    add: 0x6a,
    sub: 0x6b,
    mul: 0x6c,
    div_s: 0x6d,
    div_u: 0x6e,
    rem_s: 0x6f,
    rem_u: 0x70,
    and: 0x71,
    or: 0x72,
    xor: 0x73,
    shl: 0x74,
    shr_s: 0x75,
    shr_u: 0x76,
  },
  (name, opcode) =>
    (a: I32Operand, b: I32Operand): I32 =>
      instruction("i32", `i32.${name}`, { code: [opcode], operands: [toI32(a), toI32(b)] }),
);

export const i32 = {
  ...arithmetic,
  const: i32Const,
  /** a + b; nothing where b is the number 0. */
  add: (a: I32Operand, b: I32Operand): I32 => (b === 0 ? toI32(a) : arithmetic.add(a, b)),
  /** a · b; nothing where b is the number 1. */
  mul: (a: I32Operand, b: I32Operand): I32 => (b === 1 ? toI32(a) : arithmetic.mul(a, b)),
  eqz: (a: I32): I32 => instruction("i32", "i32.eqz", { code: [0x45], operands: [a] }),
  /** `condition ? a : b`, both evaluated. */
  select: (condition: I32, a: I32Operand, b: I32Operand): I32 =>
    instruction("i32", "select", { code: [0x1b], operands: [toI32(a), toI32(b), condition] }),
  load: (address: I32, offset = 0): I32 =>
    instruction("i32", "i32.load", {
      code: [0x28, ...memoryImmediate(offset)],
      operands: [address],
      immediates: offsetText(offset),
    }),
} as const;

export const f32 = {
  const: (value: number): F32 =>
    instruction("f32", "f32.const", { code: [0x43, ...float32(value)], immediates: String(value) }),
  load: (address: I32, offset = 0): F32 =>
    instruction("f32", "f32.load", {
      code: [0x2a, ...memoryImmediate(offset)],
      operands: [address],
      immediates: offsetText(offset),
    }),
} as const;

export const memory = {
  /** Sets `bytes` bytes from `address` on to `value`. */
  fill: (address: I32, value: I32Operand, bytes: I32Operand): Instruction<"void"> =>
    instruction("void", "memory.fill", { code: [0xfc, 0x0b, 0], operands: [address, toI32(value), toI32(bytes)] }),
  /** Copies `bytes` bytes; the ranges may overlap. */
  copy: (to: I32, from: I32, bytes: I32Operand): Instruction<"void"> =>
    instruction("void", "memory.copy", { code: [0xfc, 0x0a, 0, 0], operands: [to, from, toI32(bytes)] }),
} as const;
