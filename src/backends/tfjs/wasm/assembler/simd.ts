/** The 128-bit SIMD instructions that kernels use: v128, f32x4, i32x4, and the detection of relaxed SIMD's fused multiply-add. */
import { float32, int32, unsigned } from "./encoding.js";
import { instruction, instructionTable, type F32, type I32, type Instruction, type V128 } from "./expression.js";
import { memoryImmediate, offsetText, toI32, type I32Operand } from "./scalar.js";

const simd = (opcode: number): readonly number[] => [0xfd, ...unsigned(opcode)];

type Unary = (a: V128) => V128;
type Binary = (a: V128, b: V128) => V128;
const unary =
  (prefix: string) =>
  (name: string, opcode: number): Unary =>
  (a) =>
    instruction("v128", `${prefix}.${name}`, { code: simd(opcode), operands: [a] });
const binary =
  (prefix: string) =>
  (name: string, opcode: number): Binary =>
  (a, b) =>
    instruction("v128", `${prefix}.${name}`, { code: simd(opcode), operands: [a, b] });
const shift =
  (name: string, opcode: number) =>
  (a: V128, bits: I32Operand): V128 =>
    instruction("v128", `i32x4.${name}`, { code: simd(opcode), operands: [a, toI32(bits)] });
const load =
  (name: string, opcode: number) =>
  (address: I32, offset = 0): V128 =>
    instruction("v128", `v128.${name}`, {
      code: [...simd(opcode), ...memoryImmediate(offset)],
      operands: [address],
      immediates: offsetText(offset),
    });

export const v128 = {
  ...instructionTable({ not: 0x4d }, unary("v128")),
  /** `andnot(a, b)` is a & ~b. */
  ...instructionTable({ and: 0x4e, andnot: 0x4f, or: 0x50, xor: 0x51 }, binary("v128")),
  /** Loads of 16 bytes, of 4 bytes into every lane, and of 4 bytes into lane 0 with zeros above. */
  ...instructionTable({ load: 0x00, load32_splat: 0x09, load32_zero: 0x5c }, load),
  store: (address: I32, value: V128, offset = 0): Instruction<"void"> =>
    instruction("void", "v128.store", {
      code: [...simd(0x0b), ...memoryImmediate(offset)],
      operands: [address, value],
      immediates: offsetText(offset),
    }),
  /** Stores lane 0 only: with `load32_zero`, how a tail runs the very code of the vector loop. */
  store32_lane0: (address: I32, value: V128, offset = 0): Instruction<"void"> =>
    instruction("void", "v128.store32_lane", {
      code: [...simd(0x5a), ...memoryImmediate(offset), 0],
      operands: [address, value],
      immediates: `${offsetText(offset)} 0`.trim(),
    }),
  /** The bits of `a` where `mask` has ones, else those of `b`. */
  bitselect: (a: V128, b: V128, mask: V128): V128 =>
    instruction("v128", "v128.bitselect", { code: simd(0x52), operands: [a, b, mask] }),
  any_true: (a: V128): I32 => instruction("i32", "v128.any_true", { code: simd(0x53), operands: [a] }),
} as const;

/** Four 32-bit lanes by number: 0 to 3 from `a`, 4 to 7 from `b` (an `i8x16.shuffle`). */
export const shuffle32 = (a: V128, b: V128, lanes: readonly [number, number, number, number]): V128 => {
  const bytes = lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte));
  return instruction("v128", "i8x16.shuffle", {
    code: [...simd(0x0d), ...bytes],
    operands: [a, b],
    immediates: bytes.join(" "),
  });
};

export const f32x4 = {
  ...instructionTable(
    { ceil: 0x67, floor: 0x68, trunc: 0x69, nearest: 0x6a, abs: 0xe0, neg: 0xe1, sqrt: 0xe3, convert_i32x4_s: 0xfa },
    unary("f32x4"),
  ),
  /** `min` and `max` give NaN for NaN, as Math.min and Math.max; `pmin(a, b)` is `b < a ? b : a`, `pmax(a, b)` is `a < b ? b : a`. */
  ...instructionTable(
    {
      eq: 0x41,
      ne: 0x42,
      lt: 0x43,
      gt: 0x44,
      le: 0x45,
      ge: 0x46,
      add: 0xe4,
      sub: 0xe5,
      mul: 0xe6,
      div: 0xe7,
      min: 0xe8,
      max: 0xe9,
      pmin: 0xea,
      pmax: 0xeb,
    },
    binary("f32x4"),
  ),
  const: (value: number): V128 =>
    instruction("v128", "v128.const", {
      code: [...simd(0x0c), ...[0, 0, 0, 0].flatMap(() => float32(value))],
      immediates: `f32x4 ${value} ${value} ${value} ${value}`,
    }),
  splat: (a: F32): V128 => instruction("v128", "f32x4.splat", { code: simd(0x13), operands: [a] }),
  /** a · b + c, rounded once or twice as the machine likes (relaxed SIMD; see `hasRelaxedSimd`). */
  relaxed_madd: (a: V128, b: V128, c: V128): V128 =>
    instruction("v128", "f32x4.relaxed_madd", { code: simd(0x105), operands: [a, b, c] }),
} as const;

export const i32x4 = {
  ...instructionTable({ abs: 0xa0, neg: 0xa1, trunc_sat_f32x4_s: 0xf8 }, unary("i32x4")),
  ...instructionTable(
    {
      eq: 0x37,
      ne: 0x38,
      lt_s: 0x39,
      lt_u: 0x3a,
      gt_s: 0x3b,
      add: 0xae,
      sub: 0xb1,
      mul: 0xb5,
      min_s: 0xb6,
      max_s: 0xb8,
    },
    binary("i32x4"),
  ),
  ...instructionTable({ shl: 0xab, shr_s: 0xac, shr_u: 0xad }, shift),
  const: (...lanes: readonly [number] | readonly [number, number, number, number]): V128 => {
    const [a, b = a, c = a, d = a] = lanes;
    const four = [a, b, c, d];
    return instruction("v128", "v128.const", {
      code: [...simd(0x0c), ...four.flatMap(int32)],
      immediates: `i32x4 ${four.map((lane) => lane | 0).join(" ")}`,
    });
  },
  splat: (a: I32Operand): V128 => instruction("v128", "i32x4.splat", { code: simd(0x11), operands: [toI32(a)] }),
} as const;
