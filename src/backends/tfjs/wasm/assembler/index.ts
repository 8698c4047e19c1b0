/**
 * A small WebAssembly assembler: expression trees that encode to a module and print as text.
 *
 *     const twice = wasmFunction("twice", ["from", "to", "bytes"], ({ from, to, bytes }, locals) => {
 *       const i = locals.i32("i");
 *       const x = v128.load(i32.add(from, i));
 *       return [countUp(i, { from: 0, to: bytes, step: 16 }, [v128.store(i32.add(to, i), f32x4.add(x, x))])];
 *     });
 *     instantiate(twice, memory)(0, 1024, 1024);
 *
 * A tree that stands in two places is computed twice: `local.tee` shares it.
 */
export { block, branch, branchIf, countUp, label, loop, repeat, when } from "./control.js";
export type { I32, Statement, V128 } from "./expression.js";
export { wasmFunction, type Local, type Locals, type WasmFunction } from "./function.js";
export { hasRelaxedSimd, instantiate, isShared, type Callable, type WasmMemory } from "./instantiate.js";
export { encodeModule } from "./module.js";
export { f32, i32, memory, type I32Operand } from "./scalar.js";
export { f32x4, i32x4, shuffle32, v128 } from "./simd.js";
export { moduleText } from "./text.js";
