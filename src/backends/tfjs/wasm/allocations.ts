/**
 * Allocations of TensorFlow.js's wasm backend that find no memory. Its `malloc` gives 0 then, and takes sizes modulo 4 GB; TensorFlow.js
 * asks neither, and would write over whatever lies there. Here they throw before anything is written.
 */
import type { DataId } from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { Guard } from "../../around-calls.js";

/** Addresses have 32 bits. */
export const addressable = 2 ** 32;

/** There is no memory for an allocation. */
export class MemoryIsFull extends Error {
  constructor(bytes: number) {
    super(`WebAssembly has no memory for ${bytes} bytes`);
  }
}

const guarded = new WeakMap<BackendWasm, Guard>();

/** Guards an instance, once; where memory ends in what the result runs, what that had allocated and kept is freed again. */
export const guardAllocations = (backend: BackendWasm): Guard => {
  const known = guarded.get(backend);
  if (known !== undefined) return known;
  guardMalloc(backend.wasm);
  let made: DataId[] | undefined;
  const move = backend.move.bind(backend);
  backend.move = (dataId, ...rest) => {
    move(dataId, ...rest);
    made?.push(dataId);
  };
  const allocating: Guard = (run) => {
    const own: DataId[] = (made = []);
    try {
      return run();
    } catch (thrown) {
      if (thrown instanceof MemoryIsFull) for (const dataId of own) backend.disposeData(dataId, true);
      throw thrown;
    } finally {
      made = undefined;
    }
  };
  guarded.set(backend, allocating);
  return allocating;
};

/** Emscripten's function puts another in its place when it is first called: what is set here stays in front. */
const guardMalloc = (module: BackendWasm["wasm"]): void => {
  let malloc = module._malloc.bind(module);
  const guardedMalloc = (bytes: number): number => {
    const address = bytes < addressable ? malloc(bytes) : 0;
    if (address === 0 && bytes > 0) throw new MemoryIsFull(bytes);
    return address;
  };
  Object.defineProperty(module, "_malloc", {
    configurable: true,
    enumerable: true,
    get: () => guardedMalloc,
    set: (made: typeof malloc) => {
      malloc = made;
    },
  });
};
