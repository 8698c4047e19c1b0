/** The assembler: numbers, the text of a module, and that what it encodes runs. */
import { describe, expect, test } from "vitest";
import { signed, unsigned } from "../../../src/backends/tfjs/wasm/assembler/encoding.js";
import {
  block,
  branch,
  branchIf,
  countUp,
  encodeModule,
  f32,
  f32x4,
  i32,
  i32x4,
  instantiate,
  label,
  loop,
  memory,
  moduleText,
  repeat,
  shuffle32,
  v128,
  wasmFunction,
  when,
} from "../../../src/backends/tfjs/wasm/assembler/index.js";

const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    Memory: new (limits: { initial: number; maximum?: number; shared?: boolean }) => { buffer: ArrayBuffer };
  };
}; // Sound: Node has it; the type library without DOM does not declare it.

test("LEB128 of the examples in the specification of DWARF", () => {
  expect(unsigned(624485)).toEqual([0xe5, 0x8e, 0x26]);
  expect(unsigned(0xffffffff)).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f]);
  expect(signed(-123456)).toEqual([0xc0, 0xbb, 0x78]);
  expect(signed(64)).toEqual([0xc0, 0x00]);
  expect(signed(-64)).toEqual([0x40]);
});

const twice = wasmFunction("twice", ["from", "to", "bytes"], ({ from, to, bytes }, locals) => {
  const i = locals.i32("i");
  const x = locals.v128("x");
  return [
    countUp(i, { from: 0, to: bytes, step: 16 }, [
      x.set(v128.load(i32.add(from, i))),
      v128.store(i32.add(to, i), f32x4.add(x, x)),
    ]),
  ];
});

test("the text is that of the folded text format", () => {
  expect(moduleText(twice)).toBe(`(module
  (import "env" "memory" (memory 0))
  (func (export "twice") (param $from i32) (param $to i32) (param $bytes i32)
    (local $i i32)
    (local $x v128)
    (block $i.done
      (local.set $i (i32.const 0))
      (br_if $i.done (i32.ge_u (local.get $i) (local.get $bytes)))
      (loop $i.next
        (local.set $x (v128.load (i32.add (local.get $from) (local.get $i))))
        (v128.store (i32.add (local.get $to) (local.get $i)) (f32x4.add (local.get $x) (local.get $x)))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br_if $i.next (i32.lt_u (local.get $i) (local.get $bytes)))
      )
    )
  )
)`);
});

describe.each([false, true])("over a memory, shared %s", (shared) => {
  const fresh = () => new WebAssembly.Memory({ initial: 1, maximum: 16, shared });

  test("a vector loop", () => {
    const own = fresh();
    const floats = new Float32Array(own.buffer);
    floats.set([1, 2, 3, 4, 5, 6, 7, 8]);
    instantiate(twice, own)(0, 64, 32);
    expect(Array.from(floats.slice(16, 24))).toEqual([2, 4, 6, 8, 10, 12, 14, 16]);
  });

  test("branches, if, repeat, bulk memory, lanes and constants", () => {
    const own = fresh();
    const numbers = new Int32Array(own.buffer);
    const source = wasmFunction("all", ["n"], ({ n }, locals) => {
      const [k, at] = [locals.i32("k"), locals.i32("at")];
      const [out, top] = [label("out"), label("top")];
      const lanes = i32x4.const(1, -2, 3, -4);
      return [
        memory.fill(i32.const(0), 1, 16),
        memory.copy(i32.const(16), i32.const(0), 4),
        repeat(k, n, [at.set(i32.add(at, 4))]),
        v128.store32_lane0(at, i32x4.splat(at), 32),
        block(out, [loop(top, [branchIf(out, i32.gt_u(at, 100)), at.set(i32.mul(at, 2)), branch(top)])]),
        when(
          i32.gt_s(at, 0),
          [v128.store(i32.const(64), shuffle32(lanes, i32x4.splat(at), [3, 2, 1, 4]))],
          [v128.store(i32.const(64), lanes)],
        ),
        v128.store(i32.const(80), f32x4.splat(f32.const(1))),
        v128.store(i32.const(96), f32x4.const(Number.NEGATIVE_INFINITY)),
      ];
    });
    instantiate(source, own)(3);
    expect(Array.from(numbers.slice(0, 5))).toEqual([0x01010101, 0x01010101, 0x01010101, 0x01010101, 0x01010101]);
    expect(numbers[11]).toBe(12);
    expect(Array.from(numbers.slice(16, 20))).toEqual([-4, 3, -2, 192]);
    expect([...new Float32Array(own.buffer, 80, 5)]).toEqual([1, 1, 1, 1, Number.NEGATIVE_INFINITY]);
  });
});

test("a branch to a block that is not around it is our bug", () => {
  const source = wasmFunction("lost", [], () => [branch(label("nowhere"))]);
  expect(() => encodeModule(source, false)).toThrow("svertka bug: branch to nowhere, which is not around it");
});
