/** TensorFlow.js's global state: which files of ours touch it, how, and that no other does. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../src/", import.meta.url);

/** The code without comments. */
const codeOf = (file: string): string =>
  readFileSync(new URL(file, root), "utf8")
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/\/\/.*$/gm, "");

const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .toSorted();

const filesWith = (what: RegExp): readonly string[] => files.filter((file) => what.test(codeOf(file)));

test("flags are set in one file of each backend", () => {
  expect(filesWith(/\benv\(\)\s*\.\s*set\w*\(|\bsetWebGLContext\b|\bsetWasmPaths?\b/)).toEqual([
    "backends/tfjs/wasm/one-instance.ts",
    "backends/tfjs/webgl/flags.ts",
    "backends/tfjs/webgpu/compile-ahead.ts",
  ]);
});

test("backends are registered in one file, that of wasm's one instance; elsewhere their classes are made", () => {
  expect(filesWith(/\b(?:registerBackend|removeBackend|findBackendFactory|engine)\b\s*[(,]/)).toEqual([
    "backends/tfjs/wasm/one-instance.ts",
  ]);
});

test("kernels are registered where a bundle's choice of them is; registering one again is what TensorFlow.js takes", () => {
  expect(filesWith(/\b(?:un)?registerKernel\b|\b(?:un)?registerGradient\b|\bcopyRegisteredKernels\b/)).toEqual([
    "backends/tfjs/wasm/browser.ts",
    "backends/tfjs/webgl/browser.ts",
    "backends/tfjs/webgpu/browser.ts",
  ]);
});

test("nothing uses the current backend, tidy, the tape, or tensors of TensorFlow.js's engine", () => {
  const engine =
    /\b(?:setBackend|getBackend|tidy|keep|grads?|variableGrads|valueAndGrads?|customGrad|runKernel|memory)\b/;
  const imported = files.filter((file) => {
    const named = [...codeOf(file).matchAll(/import (?!type)\{([^}]*)\} from "@tensorflow\/tfjs-core"/g)];
    return named.some(([, names = ""]) => engine.test(names));
  });
  expect(imported).toEqual([]);
  expect(filesWith(/\bimport \* as \w+ from "@tensorflow/)).toEqual([]);
  expect(filesWith(/from "@tensorflow\/tfjs(?:-layers)?"/)).toEqual([]);
  expect(files.length).toBeGreaterThan(500);
});
