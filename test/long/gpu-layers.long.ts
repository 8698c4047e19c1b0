/** Every layer in every configuration against Keras, on WebGL and WebGPU in headless Chromium (on a software GPU about five minutes). */
process.env["BACKEND"] ??= "webgl,webgpu";
await import("../layers/goldens.test.js");

export {};
