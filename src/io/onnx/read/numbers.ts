/** The numbers of a TensorProto: types widened to float32 or float64, sizes checked before memory is taken. */
import { malformed, refuse, type OnnxElement } from "../../../ops/onnx-reading.js";
import { TensorProto_DataLocation, TensorProto_DataType, type TensorProto } from "../onnx_pb.js";

/** What a tensor of the file holds. */
export interface DecodedTensor {
  readonly shape: readonly number[];
  readonly element: OnnxElement;
  readonly data: Float32Array | Float64Array;
}

/** A file beside the model's, by the name that a tensor gives; undefined where there is none. */
export type ExternalData = (location: string) => Uint8Array | undefined;

interface ElementType {
  readonly element: OnnxElement;
  /** Bytes in `raw_data`. */
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => number;
  /** The field that holds the numbers where they are not raw. */
  readonly field: (tensor: TensorProto) => readonly (number | bigint)[];
  /** Of a number of that field. */
  readonly of?: (stored: number) => number;
}

/** IEEE 754 half precision. */
const halfOf = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
};

/** The upper half of a float32. */
const brainOf = (bits: number): number => {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, (bits << 16) >>> 0);
  return view.getFloat32(0);
};

const int32 = ({ int32Data }: TensorProto): readonly number[] => int32Data;
const whole = (bytes: number, read: ElementType["read"], field: ElementType["field"] = int32): ElementType => ({
  element: "whole",
  bytes,
  read,
  field,
});

const types: ReadonlyMap<number, ElementType> = new Map<TensorProto_DataType, ElementType>([
  [
    TensorProto_DataType.FLOAT,
    { element: "float", bytes: 4, read: (v, at) => v.getFloat32(at, true), field: ({ floatData }) => floatData },
  ],
  [
    TensorProto_DataType.DOUBLE,
    { element: "float", bytes: 8, read: (v, at) => v.getFloat64(at, true), field: ({ doubleData }) => doubleData },
  ],
  [
    TensorProto_DataType.FLOAT16,
    { element: "float", bytes: 2, read: (v, at) => halfOf(v.getUint16(at, true)), field: int32, of: halfOf },
  ],
  [
    TensorProto_DataType.BFLOAT16,
    { element: "float", bytes: 2, read: (v, at) => brainOf(v.getUint16(at, true)), field: int32, of: brainOf },
  ],
  [TensorProto_DataType.INT8, whole(1, (v, at) => v.getInt8(at))],
  [TensorProto_DataType.UINT8, whole(1, (v, at) => v.getUint8(at))],
  [TensorProto_DataType.INT16, whole(2, (v, at) => v.getInt16(at, true))],
  [TensorProto_DataType.UINT16, whole(2, (v, at) => v.getUint16(at, true))],
  [TensorProto_DataType.INT32, whole(4, (v, at) => v.getInt32(at, true))],
  [
    TensorProto_DataType.UINT32,
    whole(
      4,
      (v, at) => v.getUint32(at, true),
      ({ uint64Data }) => uint64Data,
    ),
  ],
  [
    TensorProto_DataType.INT64,
    whole(
      8,
      (v, at) => Number(v.getBigInt64(at, true)),
      ({ int64Data }) => int64Data,
    ),
  ],
  [
    TensorProto_DataType.UINT64,
    whole(
      8,
      (v, at) => Number(v.getBigUint64(at, true)),
      ({ uint64Data }) => uint64Data,
    ),
  ],
  [
    TensorProto_DataType.BOOL,
    { element: "truth", bytes: 1, read: (v, at) => (v.getUint8(at) === 0 ? 0 : 1), field: int32 },
  ],
]);

/** The name of a type for sentences. */
/** 0, which ONNX calls undefined, is a file that does not say it. */
const typeName = (type: number): string =>
  type === 0 ? "no type" : (TensorProto_DataType[type] ?? `type ${type}`).toLowerCase();

/** What elements of that type stand for; others are refused by name. */
export const elementOf = (type: number): OnnxElement =>
  types.get(type)?.element ?? refuse(`elements of ${typeName(type)}: use floats, whole numbers or truth values`);

/** Elements that one tensor of a file may have. */
const mostElements = 2 ** 31;

export const sizesOf = (dims: readonly bigint[]): readonly number[] => {
  const shape = dims.map(Number);
  const size = shape.reduce((all, dim) => all * dim, 1);
  const isSize = shape.length <= 32 && shape.every((dim) => Number.isSafeInteger(dim) && dim >= 0);
  if (!isSize || size > mostElements) malformed(`a tensor [${shape.join(", ").slice(0, 60)}]: no such sizes`);
  return shape;
};

/** The numbers of a tensor, from the message or from the file beside it that it names. */
export const decodeTensor = (tensor: TensorProto, external: ExternalData): DecodedTensor => {
  const shape = sizesOf(tensor.dims);
  const size = shape.reduce((all, dim) => all * dim, 1);
  const element = elementOf(tensor.dataType);
  const type = types.get(tensor.dataType);
  if (type === undefined) return refuse(`elements of ${typeName(tensor.dataType)}`);
  if (tensor.segment !== undefined) refuse("a tensor in segments: store it whole");
  const bytes =
    tensor.dataLocation === TensorProto_DataLocation.EXTERNAL
      ? externalBytes(tensor, size * type.bytes, external)
      : tensor.rawData;
  const stored = bytes.length > 0 ? [] : type.field(tensor);
  const given = bytes.length > 0 ? bytes.length / type.bytes : stored.length;
  if (given !== size)
    malformed(`a tensor [${shape.join(", ").slice(0, 60)}] holds ${given} numbers: the file is cut short or damaged`);
  if (bytes.length === 0) {
    const of = type.of ?? ((value: number): number => value);
    const data = Array.from(stored, (value) => of(Number(value)));
    return { shape, element, data: element === "float" ? Float32Array.from(data) : Float64Array.from(data) };
  }
  return { shape, element, data: fromBytes(bytes, type, tensor.dataType) };
};

const fromBytes = (bytes: Uint8Array, type: ElementType, name: number): Float32Array | Float64Array => {
  const count = bytes.length / type.bytes;
  // A copy (a Buffer of Node slices without one): the place in the file need not be a multiple of four. Machines that run JavaScript are little-endian.
  if (name === Number(TensorProto_DataType.FLOAT)) return new Float32Array(new Uint8Array(bytes).buffer);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = type.element === "float" ? new Float32Array(count) : new Float64Array(count);
  for (let i = 0; i < count; i++) data[i] = type.read(view, i * type.bytes);
  return data;
};

/** Names of files outside the model's folder, or none at all. */
const leavesFolder = (location: string): boolean =>
  location === "" ||
  location.length > 1024 ||
  /^[\\/]|^[A-Za-z]:|[\0]/.test(location) ||
  location.split(/[\\/]/).includes("..");

const externalBytes = (tensor: TensorProto, size: number, external: ExternalData): Uint8Array => {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const location = entries.get("location") ?? "";
  if (leavesFolder(location))
    malformed(`external data in '${location.slice(0, 60)}': that is no place inside the model's folder`);
  const [offset, length] = [Number(entries.get("offset") ?? 0), Number(entries.get("length") ?? size)];
  if (!Number.isSafeInteger(offset) || offset < 0 || length !== size)
    malformed(`external data of ${length} bytes at ${offset}, the tensor has ${size}: the file is damaged`);
  const file =
    external(location) ??
    malformed(`external data in '${location.slice(0, 60)}': no such file beside the model: keep the two together`);
  if (offset + size > file.length)
    malformed(`external data in '${location.slice(0, 60)}' end at byte ${file.length}, not ${offset + size}`);
  return file.subarray(offset, offset + size);
};
