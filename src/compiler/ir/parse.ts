/** Reads graph text. Nothing in it is trusted: every line is checked, and the verifier derives every type again. */
import { fail, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import type { Registry } from "./builder.js";
import type { Graph, Node, Output, Stage } from "./graph.js";
import { ScanFailure, Scanner } from "./scanner.js";
import { parseType } from "./type.js";
import { verify } from "./verify.js";

const maximalNodes = 1_000_000;

/** The graph of a text that `graphText` wrote, or a BadFile with line and column. */
export const parseGraph = (text: string, registry: Registry, where: string): Either<SvertkaError, Graph> => {
  const nodes: Node[] = [];
  const outputs: Output[] = [];
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    if (nodes.length >= maximalNodes)
      return fail("BadFile", where, `graph: more than ${maximalNodes} nodes: is this file a graph?`);
    try {
      if (line.startsWith("%")) nodes.push(parseNode(line, nodes.length, registry));
      else outputs.push(parseOutput(line, nodes.length));
    } catch (failure) {
      if (!(failure instanceof ScanFailure)) throw failure;
      if (failure instanceof UnknownOperator) return fail("Unsupported", where, failure.message);
      return fail("BadFile", where, `graph line ${index + 1}: ${failure.message}: take the file as svertka wrote it`);
    }
  }
  const graph = { nodes, outputs };
  const problem = verify(graph, registry);
  return problem === undefined
    ? E.right(graph)
    : fail("BadFile", where, `graph: ${problem}: take the file as svertka wrote it`);
};

const parseNode = (line: string, expectedId: number, registry: Registry): Node => {
  const scan = new Scanner(line);
  scan.expect("%");
  const id = scan.integer();
  if (id !== expectedId) scan.fail(`node %${expectedId}, not %${id},`);
  scan.expect("=");
  const op = scan.word();
  const inputs = scan.list("(", ")", () => reference(scan, expectedId));
  const attrs = scan.next === "{" ? scan.record() : {};
  const epilogue: Stage[] = [];
  while (scan.takes("+")) epilogue.push({ op: scan.word(), attrs: scan.next === "{" ? scan.record() : {} });
  const joint = scan.takes("@") ? scan.integer() : undefined;
  scan.expect(":");
  const type = parseType(scan.rest()) ?? scan.fail("a type such as f32[n, 3]");
  checkOperators([op, ...epilogue.map((stage) => stage.op)], registry);
  return {
    id,
    op,
    inputs,
    attrs,
    type,
    ...(epilogue.length === 0 ? {} : { epilogue }),
    ...(joint === undefined ? {} : { joint }),
  };
};

/** A line that is well-formed, but for a name that svertka does not have: perhaps an operator of the user's own. */
class UnknownOperator extends ScanFailure {}

const checkOperators = (names: readonly string[], registry: Registry): void => {
  const unknown = names.find((name) => !registry.has(name));
  if (unknown === undefined) return;
  throw new UnknownOperator(
    `graph: no operator '${unknown.slice(0, 40)}' is known here: give the reader the operators of the model's own`,
  );
};

const reference = (scan: Scanner, before: number): number => {
  scan.expect("%");
  const id = scan.integer();
  return id < before ? id : scan.fail(`an earlier node, not %${id},`);
};

const outputKind = (scan: Scanner): Output["kind"] => {
  const kind = scan.word();
  return kind === "result" || kind === "update" ? kind : scan.fail("a node, result or update");
};

const parseOutput = (line: string, nodes: number): Output => {
  const scan = new Scanner(line);
  const kind = outputKind(scan);
  const name = scan.quoted();
  scan.expect("=");
  const value = reference(scan, nodes);
  if (scan.rest() !== "") scan.fail("the end of the line");
  return { kind, name, value };
};
