/** The proof of the types at full size: COUNT layers, an eighth of that many nets, every golden layer; SEED picks others. */
import { env } from "node:process";

env["COUNT"] ??= env["SIZE"] === "full" ? "50000" : "400";

await import("../types/property.test.js");
await import("../types/params.test.js");
await import("../types/keras-shapes.test.js");
