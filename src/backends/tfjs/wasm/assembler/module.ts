/** A function as a WebAssembly module in the binary format: imported memory, one exported function (core specification §5.5). */
import { invariant } from "../../../../errors.js";
import { name as nameBytes, sized, unsigned, vector } from "./encoding.js";
import type { Expression, Instruction, Label, Statement, ValueType } from "./expression.js";
import type { WasmFunction } from "./function.js";

const typeCode: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };
const emptyBlockType = 0x40;
const end = 0x0b;

/** Operands first, then the instruction: a walk of the tree is the stack code. */
const writeInstruction = (code: Instruction | Expression, out: number[]): void => {
  for (const operand of code.operands) writeInstruction(operand, out);
  out.push(...code.code);
};

/** `labels` are the enclosing blocks, innermost last: a branch names its target by distance. */
const writeStatement = (statement: Statement, labels: readonly (Label | undefined)[], out: number[]): void => {
  switch (statement.kind) {
    case "instruction":
      writeInstruction(statement, out);
      return;
    case "branch": {
      const index = labels.lastIndexOf(statement.label);
      invariant(index >= 0, `branch to ${statement.label.name}, which is not around it`);
      if (statement.condition !== undefined) writeInstruction(statement.condition, out);
      out.push(statement.condition === undefined ? 0x0c : 0x0d, ...unsigned(labels.length - 1 - index));
      return;
    }
    case "block":
    case "loop":
      out.push(statement.kind === "block" ? 0x02 : 0x03, emptyBlockType);
      for (const inner of statement.body) writeStatement(inner, [...labels, statement.label], out);
      out.push(end);
      return;
    case "if":
      writeInstruction(statement.condition, out);
      out.push(0x04, emptyBlockType);
      for (const inner of statement.accepted) writeStatement(inner, [...labels, undefined], out);
      if (statement.otherwise.length > 0) out.push(0x05);
      for (const inner of statement.otherwise) writeStatement(inner, [...labels, undefined], out);
      out.push(end);
  }
};

const codeOf = (source: WasmFunction): readonly number[] => {
  const body: number[] = [];
  for (const statement of source.body) writeStatement(statement, [], body);
  const locals = source.locals.map(({ type }) => [...unsigned(1), typeCode[type]]);
  return [...vector(locals), ...body, end];
};

/** Limits of the imported memory: a shared memory needs a maximum, and that of the importer must not be below the memory's own. */
const memoryLimits = (shared: boolean): readonly number[] => (shared ? [0x03, 0, ...unsigned(65536)] : [0x00, 0]);

const section = (id: number, content: readonly number[]): readonly number[] => [id, ...sized(content)];

const magicAndVersion = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** The bytes of the module. It imports `env.memory`, declared shared where the buffer is a SharedArrayBuffer. */
export const encodeModule = (source: WasmFunction, shared: boolean): Uint8Array<ArrayBuffer> =>
  new Uint8Array([
    ...magicAndVersion,
    ...section(1, vector([[0x60, ...vector(source.parameters.map(() => [typeCode.i32])), 0]])),
    ...section(2, vector([[...nameBytes("env"), ...nameBytes("memory"), 0x02, ...memoryLimits(shared)]])),
    ...section(3, vector([[0]])),
    ...section(7, vector([[...nameBytes(source.name), 0x00, 0]])),
    ...section(10, vector([sized(codeOf(source))])),
  ]);
