/** WebGPU's entry in Node: the package `webgpu` (Dawn), an optional peer. */
import { mistake, type SvertkaError } from "../../../errors.js";
import { TE, type TaskEither } from "../../../fp.js";
import type { Gpu } from "./gpu.js";

interface Dawn {
  readonly create: (options: readonly string[]) => Gpu;
  readonly globals: Readonly<Record<string, unknown>>;
}

interface Host {
  readonly navigator?: { readonly gpu?: Gpu };
}

/** Kept for the life of the process: Dawn crashes when its entry is collected while devices of it are in use. */
let kept: Gpu | undefined;

const fromPackage = async (): Promise<Gpu> => {
  // A name that no bundler follows: it is no part of a bundle.
  const name = "webgpu";
  const dawn: unknown = await import(/* @vite-ignore */ name);
  const { create, globals } = dawn as Dawn; // sound: the package's two exports, by its types.d.ts
  // TensorFlow.js reads GPUBufferUsage and the like from the global object, as browsers have them.
  for (const [key, value] of Object.entries(globals)) if (!(key in globalThis)) Reflect.set(globalThis, key, value);
  kept ??= create([]);
  return kept;
};

const missing = (cause: unknown): SvertkaError =>
  mistake(
    "BackendMissing",
    "webgpu",
    `webgpu: the package webgpu is not usable here (${String(cause).slice(0, 60)}): npm install webgpu, or use svertka/wasm`,
  );

const present = (): Gpu | undefined => {
  const { navigator }: Host & typeof globalThis = globalThis;
  return navigator?.gpu;
};

/** The host's own WebGPU (Deno, Bun, a browser without a bundler), or the package's. */
export const nodeGpu: TaskEither<SvertkaError, Gpu> = TE.tryCatch(
  async () => present() ?? (await fromPackage()),
  missing,
);

/** Runs `make` while `navigator.gpu` is there, which TensorFlow.js looks for; Node 20 has no navigator at all. */
export const withNavigator = <A>(gpu: Gpu, make: () => A): A => {
  if (present() !== undefined) return make();
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { gpu }, configurable: true });
  try {
    return make();
  } finally {
    if (before === undefined) Reflect.deleteProperty(globalThis, "navigator");
    else Object.defineProperty(globalThis, "navigator", before);
  }
};
