/** A page of compile-ahead.ts on webgpu. */
import { webgpu } from "svertka/webgpu";
import { gpuPage } from "./compile-ahead.js";

Reflect.set(globalThis, "svertkaTest", gpuPage(webgpu));
