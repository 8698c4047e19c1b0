/** The WebGL 2 context of a backend. */
import { env } from "@tensorflow/tfjs-core";
import { fail, type SvertkaError } from "../../../errors.js";
import { E, type Either } from "../../../fp.js";
import type { Watch } from "../lost.js";
import { webglIsThere } from "./flags.js";

/** As much of a canvas and its context as is used here; the DOM's types are not part of the compiler's settings. */
export interface Canvas {
  readonly getContext: (kind: "webgl2", attributes: object) => GlContext | null;
  readonly addEventListener: (event: "webglcontextlost", listener: () => void) => void;
}
export interface GlContext {
  readonly getExtension: (name: string) => object | null;
  readonly isContextLost: () => boolean;
}

export interface WebglContext {
  readonly gl: GlContext;
  readonly watch: Watch;
}

interface Page {
  readonly OffscreenCanvas?: new (width: number, height: number) => Canvas;
  readonly document?: { readonly createElement: (tag: "canvas") => Canvas };
}

/** Nothing is drawn for people, so nothing of it needs to be smooth, deep or kept. */
const attributes = {
  alpha: false,
  antialias: false,
  premultipliedAlpha: false,
  preserveDrawingBuffer: false,
  depth: false,
  stencil: false,
};

/** Safari's canvases off the screen know no fences, by which reading waits. */
const newCanvas = (): Canvas | undefined => {
  const { OffscreenCanvas, document }: Page & typeof globalThis = globalThis;
  if (OffscreenCanvas !== undefined && !env().getBool("IS_SAFARI")) return new OffscreenCanvas(1, 1);
  return document?.createElement("canvas");
};

/** A context that renders float32, of a canvas of its own or the one given. */
export const createContext = (given?: Canvas): Either<SvertkaError, WebglContext> => {
  const canvas = given ?? newCanvas();
  if (canvas === undefined)
    return fail(
      "BackendMissing",
      "webgl",
      "webgl: there is no canvas here, WebGL is for browsers: use svertka/wasm, or svertka/webgpu with the package webgpu",
    );
  const gl = canvas.getContext("webgl2", attributes);
  if (gl === null)
    return fail(
      "BackendMissing",
      "webgl",
      "webgl: the browser gives no WebGL 2 context: turn hardware acceleration on, or use svertka/wasm",
    );
  if (gl.getExtension("EXT_color_buffer_float") === null)
    return fail(
      "BackendMissing",
      "webgl",
      "webgl: this GPU renders no 32-bit floats (EXT_color_buffer_float): 16 bits are not enough here: use svertka/wasm",
    );
  if (env().getBool("WEBGL_FORCE_F16_TEXTURES"))
    return fail(
      "BadOption",
      "webgl",
      "webgl: TensorFlow.js's flag WEBGL_FORCE_F16_TEXTURES is on in this page, 16 bits are not enough: turn it off",
    );
  webglIsThere();
  let loseIt = (): void => undefined;
  const lost = new Promise<void>((resolve) => (loseIt = resolve));
  canvas.addEventListener("webglcontextlost", () => loseIt());
  return E.right({ gl, watch: { isLost: () => gl.isContextLost(), lost } });
};
