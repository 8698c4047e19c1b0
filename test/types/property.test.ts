/** The compiler's verdict, shape and sentence equal the run time's, on random configurations (COUNT of them, by SEED). */
import { env } from "node:process";
import { typesAgree } from "./property.js";

typesAgree(Number(env["COUNT"] ?? 400), Number(env["SEED"] ?? 1));
