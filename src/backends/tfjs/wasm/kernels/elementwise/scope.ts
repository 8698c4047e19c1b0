/** Straight-line SIMD code in the making: values bound to locals in order, constants bound once before the loops. */
import { numberKey } from "../../../../../formula/key.js";
import { f32x4, i32x4, type Local, type Locals, type Statement, type V128 } from "../../assembler/index.js";

export interface Scope {
  /** Evaluates now, once; the result may then be used many times. */
  readonly bind: (name: string, value: V128) => V128;
  /** A float32 in every lane. */
  readonly float: (value: number) => V128;
  /** An int32 in every lane. */
  readonly int: (value: number) => V128;
}

/** Constants as locals: V8 makes a 128-bit constant anew with three instructions at each use; a local is one load at most. */
export interface Constants {
  readonly statements: Statement[];
  readonly get: (key: string, value: () => V128) => V128;
}

export const constants = (locals: Locals): Constants => {
  const known = new Map<string, Local<"v128">>();
  const statements: Statement[] = [];
  const get = (key: string, value: () => V128): V128 => {
    const existing = known.get(key);
    if (existing !== undefined) return existing;
    const local = locals.v128(key);
    known.set(key, local);
    statements.push(local.set(value()));
    return local;
  };
  return { statements, get };
};

/** A scope that appends to `into`. */
export const scope = (locals: Locals, known: Constants, into: Statement[]): Scope => ({
  bind: (name, value) => {
    const local = locals.v128(name);
    into.push(local.set(value));
    return local;
  },
  float: (value) => known.get(`f${numberKey(value)}`, () => f32x4.const(value)),
  int: (value) => known.get(`i${value}`, () => i32x4.const(value)),
});
