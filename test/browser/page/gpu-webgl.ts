/** A page of compile-ahead.ts on webgl. */
import { webgl } from "svertka/webgl";
import { gpuPage } from "./compile-ahead.js";

Reflect.set(globalThis, "svertkaTest", gpuPage(webgl));
