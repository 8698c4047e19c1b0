/** The proof of the types at full size: COUNT layers (50,000) in rounds of other seeds, an eighth of that many nets, every golden layer. */
import { env } from "node:process";
import { typesAgree } from "../types/property.js";

const full = env["SIZE"] === "full";
const count = Number(env["COUNT"] ?? (full ? 50_000 : 400));
const seed = Number(env["SEED"] ?? 1000);
const round = 2000;

await import("../types/keras-shapes.test.js");
for (let done = 0; done < count; done += round) typesAgree(Math.min(round, count - done), seed + done);
