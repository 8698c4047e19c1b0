/** A page of bench/browser.mjs: svertka and tfjs-layers on webgpu. */
import "@tensorflow/tfjs-backend-webgpu";
import { webgpu } from "svertka/webgpu";
import { compare } from "./compare.js";

Reflect.set(globalThis, "svertkaTest", compare({ backend: webgpu, name: "webgpu" }));
