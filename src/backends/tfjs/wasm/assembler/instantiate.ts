/** Turns encoded modules into callable functions over a memory. The only file that touches the host's `WebAssembly` object. */
import { invariant } from "../../../../errors.js";
import { encodeModule } from "./module.js";
import { wasmFunction, type WasmFunction } from "./function.js";
import { f32x4 } from "./simd.js";

/** A memory as far as we look into it. */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
}

/** A compiled function: i32 parameters, no result. */
export type Callable = (...parameters: number[]) => void;

interface WebAssemblyHost {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
  readonly validate: (bytes: Uint8Array<ArrayBuffer>) => boolean;
}

// Sound: every run time that can run TensorFlow.js's wasm backend has this object, of this form; the type library without DOM does not declare it.
const host = (globalThis as unknown as { readonly WebAssembly: WebAssemblyHost }).WebAssembly;

/** Whether other threads see the memory. */
export const isShared = (memory: WasmMemory): boolean =>
  typeof SharedArrayBuffer !== "undefined" && memory.buffer instanceof SharedArrayBuffer;

/** Compiles synchronously. (Browsers allow that on the main thread up to 4 kB, sometimes 8 MB: keep modules small.) */
export const instantiate = (source: WasmFunction, memory: WasmMemory): Callable => {
  const module = new host.Module(encodeModule(source, isShared(memory)));
  const run = new host.Instance(module, { env: { memory } }).exports[source.name];
  invariant(typeof run === "function", `module ${source.name} exports no function`);
  return run as Callable; // Sound: the only export, declared by `encodeModule` with i32 parameters and no result.
};

const probe = wasmFunction("probe", [], (_, locals) => {
  const x = locals.v128("x");
  return [x.set(f32x4.relaxed_madd(x, x, x))];
});
let relaxed: boolean | undefined;

/** Whether the host has relaxed SIMD (Node ≥ 22, Chromium ≥ 114): fused multiply-add, 1.6 times plain SIMD in matrix products. */
export const hasRelaxedSimd = (): boolean => (relaxed ??= host.validate(encodeModule(probe, false)));
