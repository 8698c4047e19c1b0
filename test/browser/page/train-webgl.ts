/** A page that trains on webgl. */
import { webgl } from "svertka/webgl";
import { trainingPage } from "./training.js";

Reflect.set(globalThis, "svertkaTest", trainingPage(webgl));
