/** One function: i32 parameters, typed locals made on demand, and a body. It is plain data until it is encoded. */
import { unsigned } from "./encoding.js";
import { instruction, type Expression, type Instruction, type Statement, type ValueType } from "./expression.js";

/** A local variable. Used as an expression it reads itself. */
export interface Local<T extends ValueType = ValueType> extends Expression<T> {
  readonly label: string;
  readonly set: (value: Expression<T>) => Instruction<"void">;
  /** Sets, and is the value that was set. */
  readonly tee: (value: Expression<T>) => Expression<T>;
}

/** A function of i32 parameters without a result, exported under its name. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly locals: readonly { readonly name: string; readonly type: ValueType }[];
  readonly body: readonly Statement[];
}

/** Makes locals; a name that is taken gets a number. */
export interface Locals {
  readonly i32: (name: string) => Local<"i32">;
  readonly f32: (name: string) => Local<"f32">;
  readonly v128: (name: string) => Local<"v128">;
}

const local = <T extends ValueType>(type: T, index: number, label: string): Local<T> => ({
  // Field by field: spreading an instruction here took most of the time of writing a kernel.
  kind: "instruction",
  type,
  name: "local.get",
  immediates: `$${label}`,
  code: [0x20, ...unsigned(index)],
  operands: [],
  label,
  set: (value) =>
    instruction("void", "local.set", {
      code: [0x21, ...unsigned(index)],
      operands: [value],
      immediates: `$${label}`,
    }),
  tee: (value) =>
    instruction(type, "local.tee", { code: [0x22, ...unsigned(index)], operands: [value], immediates: `$${label}` }),
});

/** Builds a function: `write` receives the parameters by name and a maker of locals, and returns the body. */
export const wasmFunction = <Parameter extends string>(
  name: string,
  parameters: readonly Parameter[],
  write: (parameters: Readonly<Record<Parameter, Local<"i32">>>, locals: Locals) => readonly Statement[],
): WasmFunction => {
  const made: { readonly name: string; readonly type: ValueType }[] = [];
  const taken = new Set<string>(parameters);
  const make =
    <T extends ValueType>(type: T) =>
    (text: string): Local<T> => {
      const index = parameters.length + made.length;
      const unique = taken.has(text) ? `${text}.${index}` : text;
      taken.add(unique);
      made.push({ name: unique, type });
      return local(type, index, unique);
    };
  // Sound: one entry for each name of `parameters`, which are all the names there are.
  const byName = Object.fromEntries(
    parameters.map((parameter, index) => [parameter, local("i32", index, parameter)]),
  ) as Readonly<Record<Parameter, Local<"i32">>>;
  const body = write(byName, { i32: make("i32"), f32: make("f32"), v128: make("v128") });
  return { name, parameters, locals: made, body };
};
