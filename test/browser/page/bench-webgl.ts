/** A page of bench/browser.mjs: svertka and tfjs-layers on webgl. */
import "@tensorflow/tfjs-backend-webgl";
import { webgl } from "svertka/webgl";
import { compare } from "./compare.js";

Reflect.set(globalThis, "svertkaTest", compare({ backend: webgl, name: "webgl" }));
