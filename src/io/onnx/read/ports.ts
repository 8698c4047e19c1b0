/** What a file's graph is given: shapes as the file has them, a first axis without a number being the batch. */
import type { Dim } from "../../../compiler/ir/type.js";
import { malformed, refuse, OnnxReadFailure } from "../../../ops/onnx-reading.js";
import type { TypeProto_Tensor, ValueInfoProto } from "../onnx_pb.js";
import { elementOf, sizesOf } from "./numbers.js";

/** An option that does not fit the file: the user's mistake, not the file's. */
export class BadShapeOption extends OnnxReadFailure {
  constructor(message: string) {
    super("BadFile", message);
  }
}

const quoted = (name: string): string => `'${name.slice(0, 40)}'`;

const tensorType = ({ name, type }: ValueInfoProto): TypeProto_Tensor => {
  const value = type?.value;
  if (value?.case === "tensorType") return value.value;
  return value?.case === undefined
    ? malformed(`the input ${quoted(name)} has no type`)
    : refuse(`the input ${quoted(name)} is a ${value.case.replace("Type", "")}: a model of svertka takes tensors`);
};

const noNumber = (name: string, axis: number, rank: number): never => {
  const shape = Array.from({ length: rank - 1 }, (_, i) => ["3", "224", "224"][i] ?? "64").join(",");
  throw new BadShapeOption(
    `input ${quoted(name)}: axis ${axis} of ${rank} has no size in the file: give --input-shape ${shape === "" ? "SIZE" : shape} (without the batch)`,
  );
};

export interface Port {
  readonly name: string;
  readonly shape: readonly Dim[];
  readonly element: ReturnType<typeof elementOf>;
}

/** The sizes that the user gives for all axes but the first. */
export type InputShapes = Readonly<Record<string, readonly number[]>>;

export const portOf = (info: ValueInfoProto, shapes: InputShapes): Port => {
  const { name } = info;
  const { elemType, shape } = tensorType(info);
  const element = elementOf(elemType);
  const given = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
  if (shape === undefined) {
    if (given !== undefined) return { name, element, shape: ["n", ...given] };
    throw new BadShapeOption(
      `input ${quoted(name)}: the file does not say its shape: give --input-shape 3,224,224 (without the batch)`,
    );
  }
  const { dim } = shape;
  const dims = dim.map(({ value }) => (value.case === "dimValue" && value.value > 0n ? value.value : undefined));
  if (dim.some(({ value }) => value.case === "dimValue" && value.value === 0n))
    refuse(`the input ${quoted(name)} has an axis of 0: a tensor without elements`);
  sizesOf(dims.map((size) => size ?? 1n));
  if (given !== undefined && given.length !== Math.max(0, dims.length - 1))
    throw new BadShapeOption(
      `input ${quoted(name)}: --input-shape gives ${given.length} sizes, the file has ${Math.max(0, dims.length - 1)} beside the batch`,
    );
  const sizes = dims.map((size, axis): Dim => {
    const said = axis === 0 ? undefined : given?.[axis - 1];
    if (size !== undefined && said !== undefined && said !== Number(size))
      throw new BadShapeOption(
        `input ${quoted(name)}: --input-shape gives ${said} for axis ${axis}, the file has ${size}: leave the option out`,
      );
    return size === undefined ? (axis === 0 ? "n" : (said ?? noNumber(name, axis, dims.length))) : Number(size);
  });
  return { name, element, shape: sizes };
};
