/** Counts what a page asks of WebGL and WebGPU: draws (or dispatches), shaders, waits for the compiler, bytes sent and read. */

export interface GpuWork {
  /** WebGL draws, WebGPU dispatches. */
  readonly draws: number;
  /** Texts of the shaders that were compiled, in order. */
  readonly shaders: readonly string[];
  /** Shaders whose compilation blocked the page. */
  readonly waits: number;
  readonly bytesSent: number;
  readonly bytesRead: number;
}

const nothing = () => ({ draws: 0, shaders: [] as string[], waits: 0, bytesSent: 0, bytesRead: 0 });

let work = nothing();

type Method = (...args: unknown[]) => unknown;

const watch = (owner: string, method: string, seen: (args: readonly unknown[], owner: unknown) => void): void => {
  const prototype: unknown = Reflect.get(globalThis, owner)?.prototype;
  if (typeof prototype !== "object" || prototype === null) return;
  const original: Method = Reflect.get(prototype, method);
  Reflect.set(prototype, method, function watched(this: unknown, ...args: unknown[]): unknown {
    seen(args, this);
    return original.apply(this, args);
  });
};

const compileStatus = 0x8b81;

watch("WebGL2RenderingContext", "drawElements", () => work.draws++);
watch("WebGL2RenderingContext", "drawArrays", () => work.draws++);
watch("WebGL2RenderingContext", "shaderSource", ([, text]) => {
  // Every program has the same vertex shader.
  if (!String(text).includes("gl_Position")) work.shaders.push(String(text));
});
watch("WebGL2RenderingContext", "getShaderParameter", ([, what]) => {
  if (what === compileStatus) work.waits++;
});
for (const method of ["texImage2D", "texSubImage2D"])
  watch("WebGL2RenderingContext", method, (args) => {
    const data = args.at(-1);
    if (ArrayBuffer.isView(data)) work.bytesSent += data.byteLength;
  });
for (const method of ["readPixels", "getBufferSubData"])
  watch("WebGL2RenderingContext", method, (args) => {
    const data = args.find((argument) => ArrayBuffer.isView(argument));
    if (ArrayBuffer.isView(data)) work.bytesRead += data.byteLength;
  });
watch("GPUComputePassEncoder", "dispatchWorkgroups", () => work.draws++);
watch("GPUDevice", "createShaderModule", ([descriptor]) => {
  work.shaders.push(String(Reflect.get(Object(descriptor), "code")));
});
watch("GPUDevice", "createComputePipeline", () => work.waits++);

/** A field of an object of WebGPU's, whose types are not part of the compiler's settings. */
const numberIn = (owner: unknown, field: string): number => Number(Reflect.get(Object(owner), field) ?? 0);
watch("GPUQueue", "writeBuffer", ([, , data, , size]) => {
  work.bytesSent += Number(size ?? numberIn(data, "byteLength"));
});
watch("GPUDevice", "createBuffer", ([descriptor]) => {
  if (Reflect.get(Object(descriptor), "mappedAtCreation") === true) work.bytesSent += numberIn(descriptor, "size");
});
const readMode = 1;
watch("GPUBuffer", "mapAsync", ([mode], buffer) => {
  if (mode === readMode) work.bytesRead += numberIn(buffer, "size");
});

/** What is asked for while it runs. */
export const measured = async (run: () => Promise<unknown>): Promise<GpuWork & { readonly milliseconds: number }> => {
  work = nothing();
  const start = performance.now();
  await run();
  return { ...work, milliseconds: performance.now() - start };
};
