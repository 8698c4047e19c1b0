/** What an own kernel is, and how it reaches the tensors: by address in the backend's memory, on functions compiled once per backend. */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { invariant } from "../../../../errors.js";
import { instantiate, moduleText, type Callable, type WasmFunction, type WasmMemory } from "../assembler/index.js";

export interface KernelCall {
  readonly backend: BackendWasm;
  readonly inputs: readonly TensorInfo[];
  readonly output: { readonly shape: readonly number[]; readonly dtype: "float32" | "int32" };
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A kernel of ours: reads its inputs in place, returns a new tensor, leaves nothing else behind. */
export interface OwnKernel {
  readonly name: string;
  readonly run: (call: KernelCall) => TensorInfo;
  /** Those of the functions that it runs which were written for the call's formula. */
  readonly written?: (call: KernelCall) => readonly Callable[];
}

/** What Emscripten's module object holds of the memory: the export of the plain builds, the import of the threaded one. */
interface EmscriptenMemory {
  readonly asm?: { readonly memory?: WasmMemory };
  readonly wasmMemory?: WasmMemory;
}

export const memoryOf = (backend: BackendWasm): WasmMemory => {
  const module = backend.wasm as unknown as EmscriptenMemory; // Sound: all fields optional, checked below.
  const memory = module.asm?.memory ?? module.wasmMemory;
  invariant(memory, "the wasm backend has a memory");
  return memory;
};

/** Compiled functions by the text that describes them. They die with their backend. */
const compiled = new WeakMap<BackendWasm, Map<string, Callable>>();

/** The function for `key`, written and compiled at the first call. Equal keys must mean equal functions. */
export const compile = (backend: BackendWasm, key: string, write: () => WasmFunction): Callable => {
  let functions = compiled.get(backend);
  if (functions === undefined) compiled.set(backend, (functions = new Map<string, Callable>()));
  let run = functions.get(key);
  if (run === undefined) {
    functions.set(key, (run = instantiate(write(), memoryOf(backend))));
    writers.set(run, write);
  }
  return run;
};

/** What writes each compiled function again: its code itself would be kept for nothing. */
const writers = new WeakMap<Callable, () => WasmFunction>();

/** Compiled functions in the WebAssembly text format. */
export const codeOf = (functions: readonly Callable[]): string =>
  functions
    .flatMap((run) => writers.get(run) ?? [])
    .map((write) => moduleText(write()))
    .join("\n");

/**
 * Remembers what `make` derives from a call's attributes, shapes and dtypes (never from addresses), so that a step which runs again and again
 * pays for it once. It is found by the identity of the list of inputs: a bound call has one list for all its runs, into whose tensors it
 * puts other data each time. Who calls a kernel with a fresh list pays for the plan each time.
 */
export const planner = <Plan>(make: (call: KernelCall) => Plan): ((call: KernelCall) => Plan) => {
  const plans = new WeakMap<KernelCall["inputs"], Plan>();
  return (call) => {
    let plan = plans.get(call.inputs);
    if (plan === undefined) plans.set(call.inputs, (plan = make(call)));
    return plan;
  };
};

/** Where the elements of a tensor begin, in bytes. Stays valid when the memory grows. */
export const addressOf = (backend: BackendWasm, tensor: TensorInfo): number =>
  backend.dataIdMap.get(tensor.dataId).memoryOffset;

/** The memory as bytes, for copies. Do not keep it: growth detaches it. */
export const bytesOf = (backend: BackendWasm): Uint8Array => new Uint8Array(memoryOf(backend).buffer);

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** A new tensor, not initialised. */
export const makeOutput = (backend: BackendWasm, { shape, dtype }: KernelCall["output"]): TensorInfo =>
  backend.makeOutput([...shape], dtype);

/** Scratch memory of this many bytes is kept from call to call; who needs more has it allocated and freed. */
const keptScratch = 256 * 1024;

/** Where the kept scratch memory of a backend is, and how much of it is taken by calls that have not ended. */
const scratches = new WeakMap<BackendWasm, { readonly address: number; used: number }>();

/** `>>> 0`: above 2 GB the address comes as a negative number. */
const allocated = (backend: BackendWasm, bytes: number): number => backend.wasm._malloc(bytes) >>> 0;

/** Runs `use` with the address of `elements` float32 elements, in which anything may stand; afterwards they are others'. */
export const withScratch = <A>(backend: BackendWasm, elements: number, use: (address: number) => A): A => {
  const bytes = 16 * Math.ceil(elements / 4);
  let kept = scratches.get(backend);
  if (kept === undefined) scratches.set(backend, (kept = { address: allocated(backend, keptScratch), used: 0 }));
  if (kept.used + bytes > keptScratch) {
    const address = allocated(backend, bytes);
    try {
      return use(address);
    } finally {
      backend.wasm._free(address);
    }
  }
  const address = kept.address + kept.used;
  kept.used += bytes;
  try {
    return use(address);
  } finally {
    kept.used -= bytes;
  }
};

/** The input at a place; a missing one is a bug of the lowering. */
export const inputAt = ({ inputs }: KernelCall, index: number): TensorInfo => {
  const input = inputs[index];
  invariant(input, `the kernel has an input ${index}`);
  return input;
};

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const isNumbers = (value: unknown): value is readonly number[] =>
  isList(value) && value.every((item) => typeof item === "number");

/** An attribute that is a pair of numbers. */
export const pairAttribute = ({ attributes }: KernelCall, name: string): readonly [number, number] =>
  asPair(attributes[name], name);

const asPair = (value: unknown, name: string): readonly [number, number] => {
  invariant(isNumbers(value) && value.length === 2, `attribute ${name} is a pair of numbers`);
  const [first = 0, second = 0] = value;
  return [first, second];
};

/** An attribute that is two pairs of numbers: `[[top, bottom], [left, right]]`. */
export const padsAttribute = (
  { attributes }: KernelCall,
  name: string,
): readonly [readonly [number, number], readonly [number, number]] => {
  const value = attributes[name];
  invariant(isList(value) && value.length === 2, `attribute ${name} is two pairs of numbers`);
  const [rows, columns] = value;
  return [asPair(rows, name), asPair(columns, name)];
};

/** A shape of rank 4 as a tuple. */
export const shape4 = (shape: readonly number[]): readonly [number, number, number, number] => {
  const [a, b, c, d] = shape;
  invariant(a !== undefined && b !== undefined && c !== undefined && d !== undefined, "a shape of rank 4");
  return [a, b, c, d];
};
