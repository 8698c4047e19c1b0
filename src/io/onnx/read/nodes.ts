/** The nodes of a file as one list: functions that the file brings are put in the place of their calls. */
import { malformed, refuse } from "../../../ops/onnx-reading.js";
import type { AttributeProto, FunctionProto, ModelProto, NodeProto, OperatorSetIdProto } from "../onnx_pb.js";

export interface FileNode {
  readonly name: string;
  readonly domain: string;
  readonly operator: string;
  /** The version of ONNX's own operators by which it is to be read. */
  readonly opset: number;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly AttributeProto[];
}

/** The versions that are read: attributes had other meanings before 7, and 28 is the newest that onnx 1.23 writes. */
export const oldestOpset = 7;
export const newestOpset = 28;

const mostNodes = 100_000;
const deepestCall = 16;

/** ONNX's own operators have two names of their domain. */
const plainDomain = (domain: string): string => (domain === "ai.onnx" ? "" : domain);

const opsetOf = (imports: readonly OperatorSetIdProto[]): number => {
  const own = imports.find(({ domain }) => plainDomain(domain) === "");
  const version = own === undefined ? undefined : Number(own.version);
  // A file of foreign operators only has no version of ONNX's.
  if (version === undefined) return newestOpset;
  if (version < oldestOpset)
    refuse(`operator set ${version}, older than ${oldestOpset}: convert the file by onnx.version_converter`);
  if (version > newestOpset)
    refuse(`operator set ${version}, newer than ${newestOpset}: write the file with --opset ${newestOpset}`);
  return version;
};

/** A call of a function: how its names and attributes are to be read. */
interface Scope {
  readonly opset: number;
  readonly rename: (name: string) => string;
  readonly attributes: ReadonlyMap<string, AttributeProto> | undefined;
  readonly depth: number;
}

export const nodesOf = ({ graph, functions, opsetImport }: ModelProto): readonly FileNode[] => {
  const byName = new Map(functions.map((one) => [`${plainDomain(one.domain)}:${one.name}:${one.overload}`, one]));
  const nodes: FileNode[] = [];
  let calls = 0;

  const add = (node: NodeProto, scope: Scope): void => {
    const domain = plainDomain(node.domain);
    const called = byName.get(`${domain}:${node.opType}:${node.overload}`);
    const attributes = node.attribute.flatMap((attribute) => resolved(attribute, scope.attributes));
    if (called !== undefined)
      return call(called, node, { ...scope, attributes: new Map(attributes.map((a) => [a.name, a])) });
    if (nodes.length >= mostNodes) refuse(`more than ${mostNodes} nodes: use a smaller model`);
    nodes.push({
      name: node.name,
      domain,
      operator: node.opType,
      opset: scope.opset,
      inputs: node.input.map(scope.rename),
      outputs: node.output.map(scope.rename),
      attributes,
    });
  };

  const call = (body: FunctionProto, node: NodeProto, outer: Scope): void => {
    if (outer.depth >= deepestCall) refuse(`functions that call one another more than ${deepestCall} deep`);
    if (calls >= mostNodes) refuse(`more than ${mostNodes} calls of functions: use a smaller model`);
    const prefix = `${node.output[0] ?? node.opType}/${calls++}`;
    const names = new Map<string, string>();
    body.input.forEach((name, i) => names.set(name, outer.rename(node.input[i] ?? "")));
    body.output.forEach((name, i) => {
      const given = node.output[i];
      if (given !== undefined && given !== "") names.set(name, outer.rename(given));
    });
    const defaults = body.attributeProto.filter(({ name }) => outer.attributes?.has(name) !== true);
    const scope: Scope = {
      opset: body.opsetImport.length === 0 ? outer.opset : opsetOf(body.opsetImport),
      rename: (name) => (name === "" ? "" : (names.get(name) ?? `${prefix}/${name}`)),
      attributes: new Map([...(outer.attributes ?? []), ...defaults.map((one) => [one.name, one] as const)]),
      depth: outer.depth + 1,
    };
    for (const inner of body.node) add(inner, scope);
  };

  const top: Scope = { opset: opsetOf(opsetImport), rename: (name) => name, attributes: undefined, depth: 0 };
  for (const node of graph?.node ?? []) add(node, top);
  return nodes;
};

/** An attribute that names one of the call's is that one, or none where the call gives none. */
const resolved = (
  attribute: AttributeProto,
  given: ReadonlyMap<string, AttributeProto> | undefined,
): readonly AttributeProto[] => {
  if (attribute.refAttrName === "") return [attribute];
  if (given === undefined)
    return malformed(`the attribute ${attribute.name.slice(0, 40)} names one of a function, outside of any`);
  const found = given.get(attribute.refAttrName);
  return found === undefined ? [] : [{ ...found, name: attribute.name }];
};
