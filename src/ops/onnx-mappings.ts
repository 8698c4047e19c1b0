/** The ONNX mappings by operator name, found in onnx-index.ts; a formula needs none. */
import type { Attributes } from "../compiler/ir/graph.js";
import type { OnnxMapping, OnnxRequest, OnnxValue } from "./onnx.js";
import { writeFormula } from "./onnx-formula.js";
import * as index from "./onnx-index.js";
import type { KernelRequest, Operator } from "./operator.js";

const list: readonly OnnxMapping[] = Object.values(index);
const mappings: ReadonlyMap<string, OnnxMapping> = new Map(list.map((mapping) => [mapping.operator, mapping]));

/** The mapping of an operator on these types; an elementwise one always has its formula. */
export const onnxMappingOf = (
  operator: Operator,
  request: Omit<KernelRequest<Attributes>, "epilogue">,
): OnnxMapping | undefined => {
  const mapping = mappings.get(operator.name);
  if (mapping !== undefined && (mapping.has?.({ ...request, epilogue: [] }) ?? true)) return mapping;
  return operator.formula === undefined ? undefined : ofFormula(operator);
};

const ofFormula = (operator: Operator): OnnxMapping => ({
  kind: "onnx",
  operator: operator.name,
  write: (request: OnnxRequest<Attributes>): OnnxValue => writeFormula(operator.formula?.(request.attrs) ?? 0, request),
});
