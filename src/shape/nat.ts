/** Type-level arithmetic on literals that are whole numbers: by digits, exact up to 2^53 - 1. */
import type { AddTable, CmpTable, DivTable, MulTable, SubTable } from "./nat-tables.js";

type Reverse<S extends string, Done extends string = ""> = S extends `${infer Head}${infer Tail}`
  ? Reverse<Tail, `${Head}${Done}`>
  : Done;
type Parse<S extends string> = S extends `${infer N extends number}` ? N : never;
type TrimZeros<S extends string> = S extends `0${infer Tail}` ? (Tail extends "" ? "0" : TrimZeros<Tail>) : S;

// Operands with the lowest digit first, the result R with the highest first, the carry C.
type AddDigits<
  A extends string,
  B extends string,
  C extends string,
  R extends string,
> = A extends `${infer a}${infer A2}`
  ? B extends `${infer b}${infer B2}`
    ? AddDigits<A2, B2, AddTable[`${C}${a}${b}`][1], `${AddTable[`${C}${a}${b}`][0]}${R}`>
    : C extends "0"
      ? Reverse<A, R>
      : AddDigits<A2, "", AddTable[`1${a}0`][1], `${AddTable[`1${a}0`][0]}${R}`>
  : B extends ""
    ? C extends "1"
      ? `1${R}`
      : R
    : AddDigits<B, "", C, R>;
type SubDigits<
  A extends string,
  B extends string,
  C extends string,
  R extends string,
> = A extends `${infer a}${infer A2}`
  ? B extends `${infer b}${infer B2}`
    ? SubDigits<A2, B2, SubTable[`${C}${a}${b}`][1], `${SubTable[`${C}${a}${b}`][0]}${R}`>
    : C extends "0"
      ? Reverse<A, R>
      : SubDigits<A2, "", SubTable[`1${a}0`][1], `${SubTable[`1${a}0`][0]}${R}`>
  : B extends ""
    ? C extends "0"
      ? R
      : "-"
    : "-";
type AddText<A extends string, B extends string> = AddDigits<Reverse<A>, Reverse<B>, "0", "">;
type SubText<A extends string, B extends string> = TrimZeros<SubDigits<Reverse<A>, Reverse<B>, "0", "">>;

type MulDigit<
  A extends string,
  d extends string,
  C extends string,
  R extends string,
> = A extends `${infer a}${infer A2}`
  ? MulDigit<A2, d, MulTable[`${C}${a}${d}`][1], `${MulTable[`${C}${a}${d}`][0]}${R}`>
  : C extends "0"
    ? R
    : `${C}${R}`;
type MulText<ReversedA extends string, B extends string, Sum extends string> = B extends `${infer b}${infer B2}`
  ? MulText<
      ReversedA,
      B2,
      b extends "0"
        ? `${Sum}0`
        : Sum extends ""
          ? MulDigit<ReversedA, b, "0", "">
          : AddText<`${Sum}0`, MulDigit<ReversedA, b, "0", "">>
    >
  : Sum;

type CompareText<A extends string, B extends string, R extends string> = A extends `${infer a}${infer A2}`
  ? B extends `${infer b}${infer B2}`
    ? CompareText<A2, B2, CmpTable[`${R}${a}${b}`]>
    : ">"
  : B extends ""
    ? R
    : "<";

// Long division: by table for a divisor of one digit, else by repeated subtraction for each digit.
type DivideByDigit<
  A extends string,
  d extends string,
  R extends string,
  Q extends string,
> = A extends `${infer a}${infer A2}`
  ? DivideByDigit<A2, d, DivTable[`${d}${R}${a}`][1], `${Q}${DivTable[`${d}${R}${a}`][0]}`>
  : [TrimZeros<Q>, R];
type DivideLong<
  A extends string,
  B extends string,
  R extends string,
  Q extends string,
> = A extends `${infer a}${infer A2}`
  ? QuotientDigit<R extends "0" ? a : `${R}${a}`, B, "0"> extends [infer q extends string, infer r extends string]
    ? DivideLong<A2, B, r, `${Q}${q}`>
    : never
  : [TrimZeros<Q>, R];
interface Successor {
  "0": "1";
  "1": "2";
  "2": "3";
  "3": "4";
  "4": "5";
  "5": "6";
  "6": "7";
  "7": "8";
  "8": "9";
  [digit: string]: string;
}
type QuotientDigit<R extends string, B extends string, Q extends string> =
  CompareText<R, B, "0"> extends "<" ? [Q, R] : QuotientDigit<SubText<R, B>, B, Successor[Q]>;
type DivideText<A extends string, B extends string> = B extends "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9"
  ? DivideByDigit<A, B, "0", "">
  : B extends "0"
    ? never
    : DivideLong<A, B, "0", "">;
type Quotient<QR> = QR extends [infer Q extends string, unknown] ? Q : never;
type Remainder<QR> = QR extends [unknown, infer R extends string] ? R : never;
type RoundedUp<QR> = QR extends [infer Q extends string, infer R] ? (R extends "0" ? Q : AddText<Q, "1">) : never;

// In all operations null (an unknown axis) absorbs, then a wide `number`; they distribute over unions.
export type Add<A, B> = A extends number
  ? B extends number
    ? number extends A | B
      ? number
      : Parse<AddText<`${A}`, `${B}`>>
    : null
  : null;
/** never when A < B. */
export type Sub<A, B> = A extends number
  ? B extends number
    ? number extends A | B
      ? number
      : Parse<SubText<`${A}`, `${B}`>>
    : null
  : null;
export type Mul<A, B> = A extends number
  ? B extends number
    ? number extends A | B
      ? number
      : A extends 1
        ? B
        : B extends 1
          ? A
          : Parse<TrimZeros<MulText<Reverse<`${A}`>, `${B}`, "">>>
    : null
  : null;
/** floor(A / B) */
export type Div<A, B> = A extends number
  ? B extends number
    ? number extends A | B
      ? number
      : B extends 1
        ? A
        : Parse<Quotient<DivideText<`${A}`, `${B}`>>>
    : null
  : null;
/** ceil(A / B) */
export type CeilDiv<A, B> = A extends number
  ? B extends number
    ? number extends A | B
      ? number
      : B extends 1
        ? A
        : Parse<RoundedUp<DivideText<`${A}`, `${B}`>>>
    : null
  : null;
export type Mod<A, B> = A extends number
  ? B extends number
    ? number extends A | B
      ? number
      : B extends 1
        ? 0
        : Parse<Remainder<DivideText<`${A}`, `${B}`>>>
    : null
  : null;
export type Max<A, B> = [Sub<A, B>] extends [never] ? B : A;
/** Whether both are literals and not the same: false while either is unknown. */
export type Differ<A, B> = A extends number
  ? B extends number
    ? number extends A | B
      ? false
      : A extends B
        ? false
        : true
    : false
  : false;
/** The more exact of two axes that do not differ. */
export type Meet<A, B> = A extends null ? B : B extends null ? A : number extends A ? B : A;
