/** The Python with Keras that the interop tests need: SVERTKA_PYTHON, or the checkout's .venv (scripts/install-keras.sh makes it). */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

const venv = fileURLToPath(new URL("../../.venv/bin/python", import.meta.url));

/** The program, or undefined where there is none: the tests are then skipped as missing. */
export const python: string | undefined = process.env["SVERTKA_PYTHON"] ?? (existsSync(venv) ? venv : undefined);

export const noPython = "missing: a Python with Keras (sh scripts/install-keras.sh, or SVERTKA_PYTHON)";

type Side = (...parameters: readonly string[]) => Promise<readonly Record<string, unknown>[]>;

/** Runs a program beside this file; what it printed, one JSON object a line. */
const sideOf =
  (name: string): Side =>
  async (...parameters) => {
    const script = fileURLToPath(new URL(name, import.meta.url));
    const { stdout } = await run(python ?? "python3", [script, ...parameters], { maxBuffer: 2 ** 26 });
    return stdout
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line): Record<string, unknown> => JSON.parse(line));
  };

export const kerasSide: Side = sideOf("keras_side.py");
export const onnxSide: Side = sideOf("onnx_side.py");
export const fromKerasSide: Side = sideOf("from_keras_side.py");
