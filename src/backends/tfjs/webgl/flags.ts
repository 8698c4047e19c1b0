/** The only place that sets TensorFlow.js's global flags for WebGL. */
import { env } from "@tensorflow/tfjs-core";

/** Its own probe of the version refuses software rendering; a context that was made has succeeded. */
export const webglIsThere = (): void => env().set("WEBGL_VERSION", 2);

const compileOnly = "ENGINE_COMPILE_ONLY";

/** Runs a synchronous part in which shaders are handed over but not waited for, and nothing is drawn; or, within such a one, as ever. */
export const compilingOnly = <A>(only: boolean, run: () => A): A => {
  const before = env().getBool(compileOnly);
  env().set(compileOnly, only);
  try {
    return run();
  } finally {
    env().set(compileOnly, before);
  }
};
