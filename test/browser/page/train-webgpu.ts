/** A page that trains on webgpu. */
import { webgpu } from "svertka/webgpu";
import { trainingPage } from "./training.js";

Reflect.set(globalThis, "svertkaTest", trainingPage(webgpu));
