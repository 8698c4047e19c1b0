/**
 * `threefryUniform`: uniform numbers in [0, 1), attribute key `[k0, k1]`, input the int32 scalar `step`.
 *
 * Law     element i is (word i & 1 of threefry2x32-20(key, counter (i >> 1, step)) >>> 8) / 2^24, as in src/random/threefry.ts.
 * Source  Salmon, Moraes, Dror, Shaw 2011 (SC '11), §4.3; rotations from Random123 1.14.
 */
import { invariant } from "../../../../errors.js";
import { countUp, f32x4, i32, i32x4, shuffle32, v128, wasmFunction, when } from "../assembler/index.js";
import type { Statement, V128, WasmFunction } from "../assembler/index.js";
import { addressOf, compile, inputAt, makeOutput, pairAttribute, sizeOf, type OwnKernel } from "./kernel.js";

/** Skein's key-schedule parity for 32-bit words. */
const parity = 0x1bd11bda;
/** The rotations of four rounds; the two groups alternate. */
const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** Parameters: address and bytes of the output, address of the step, key. Four blocks (eight elements) at a time. */
const source = (): WasmFunction =>
  wasmFunction(
    "threefryUniform",
    ["out", "bytes", "step", "key0", "key1"],
    ({ out, bytes, step, key0, key1 }, locals) => {
      const [x0, x1, pair, counter1] = [
        locals.v128("x0"),
        locals.v128("x1"),
        locals.v128("pair"),
        locals.v128("counter1"),
      ];
      const [k0, k1, k2, scale] = [locals.v128("k0"), locals.v128("k1"), locals.v128("k2"), locals.v128("scale")];
      const [low, high] = [locals.v128("low"), locals.v128("high")];
      const [i, end, left] = [locals.i32("i"), locals.i32("end"), locals.i32("left")];
      const keys = [k0, k1, k2];
      const key = (index: number): V128 => keys[index % 3] ?? k0;
      const rotated = (bits: number): V128 => v128.or(i32x4.shl(x1, bits), i32x4.shr_u(x1, 32 - bits));
      const injection = (index: number): readonly Statement[] => [
        ...(rotations[(index - 1) % 2] ?? rotations[0]).flatMap((bits) => [
          x0.set(i32x4.add(x0, x1)),
          x1.set(v128.xor(rotated(bits), x0)),
        ]),
        x0.set(i32x4.add(x0, key(index))),
        x1.set(i32x4.add(i32x4.add(x1, key(index + 1)), i32x4.const(index))),
      ];
      const uniform = (bits: V128): V128 => f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(bits, 8)), scale);
      const block: readonly Statement[] = [
        x0.set(i32x4.add(pair, k0)),
        x1.set(i32x4.add(counter1, k1)),
        ...[1, 2, 3, 4, 5].flatMap(injection),
        low.set(uniform(shuffle32(x0, x1, [0, 4, 1, 5]))),
        high.set(uniform(shuffle32(x0, x1, [2, 6, 3, 7]))),
        pair.set(i32x4.add(pair, i32x4.const(4))),
      ];
      /** The last one to seven elements. */
      const tail = [0, 1, 2, 3, 4, 5, 6].map((k) =>
        when(i32.gt_u(left, 4 * k), [
          v128.store32_lane0(end, shuffle32(k < 4 ? low : high, low, [k % 4, 0, 0, 0]), 4 * k),
        ]),
      );
      return [
        k0.set(i32x4.splat(key0)),
        k1.set(i32x4.splat(key1)),
        k2.set(v128.xor(v128.xor(k0, k1), i32x4.const(parity))),
        counter1.set(v128.load32_splat(step)),
        pair.set(i32x4.const(0, 1, 2, 3)),
        scale.set(f32x4.const(2 ** -24)),
        end.set(i32.add(out, i32.and(bytes, -32))),
        countUp(i, { from: out, to: end, step: 32 }, [...block, v128.store(i, low), v128.store(i, high, 16)]),
        left.set(i32.and(bytes, 31)),
        when(left, [...block, ...tail]),
      ];
    },
  );

export const threefryUniform: OwnKernel = {
  name: "threefryUniform",
  run: (call) => {
    const { backend } = call;
    const step = inputAt(call, 0);
    invariant(step.dtype === "int32", "the step is an int32");
    const [key0, key1] = pairAttribute(call, "key");
    const output = makeOutput(backend, call.output);
    const run = compile(backend, "threefryUniform", source);
    run(addressOf(backend, output), 4 * sizeOf(call.output.shape), addressOf(backend, step), key0, key1);
    return output;
  },
};
