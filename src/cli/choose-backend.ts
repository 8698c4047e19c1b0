/** The backends that the command line knows, each loaded when it is asked for. */
import { fail, mistake, orReject, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { Backend } from "../backends/backend.js";
import type { Terminal } from "./terminal.js";

export interface KnownBackend {
  readonly name: string;
  /** The package that its kernels come from, if any. */
  readonly package?: string;
  /** Whether `auto` may take it: not the oracle, which is slow on purpose. */
  readonly automatic: boolean;
  /** A backend beside which it cannot run in one process: it is here where that one is. */
  readonly insteadOf?: string;
  /** Whether it infers and does not train. */
  readonly infersOnly?: true;
  readonly open: () => Promise<Backend>;
}

/** What a backend is chosen for. */
export type Purpose = "training" | "inference";

/** The fastest first. */
export const knownBackends: readonly KnownBackend[] = [
  {
    name: "ort",
    package: "onnxruntime-node",
    automatic: true,
    infersOnly: true,
    open: async () => (await import("../backends/ort/index.js")).ort,
  },
  {
    name: "node",
    package: "@tensorflow/tfjs-node",
    automatic: true,
    open: async () => (await import("../backends/node/index.js")).node,
  },
  {
    name: "wasm",
    package: "@tensorflow/tfjs-backend-wasm",
    automatic: true,
    open: async () => (await import("../backends/tfjs/wasm/index.js")).wasm,
  },
  {
    name: "wasm-threads",
    package: "@tensorflow/tfjs-backend-wasm",
    automatic: false,
    insteadOf: "wasm",
    open: async () => (await import("../backends/tfjs/wasm/index.js")).wasmThreads(),
  },
  {
    name: "cpu",
    package: "@tensorflow/tfjs-backend-cpu",
    automatic: true,
    open: async () => (await import("../backends/tfjs/cpu/index.js")).cpu,
  },
  {
    name: "reference",
    automatic: false,
    open: async () => (await import("../backends/reference/index.js")).reference,
  },
];

const loads = async ({ open }: KnownBackend): Promise<Either<SvertkaError, Backend>> => {
  const backend = await open();
  const device = await backend.load();
  return E.isLeft(device) ? device : E.right(backend);
};

interface Choice {
  readonly terminal: Terminal;
  readonly purpose: Purpose;
  readonly known: readonly KnownBackend[];
}

/** The fastest that loads. It is said, and why faster ones did not, with what mends that. */
const fastest = async ({ terminal, purpose, known }: Choice): Promise<Either<SvertkaError, Backend>> => {
  const fit = known.filter(({ automatic, infersOnly }) => automatic && !(infersOnly && purpose === "training"));
  const passedOver: string[] = [];
  for (const one of fit) {
    const loaded = await loads(one);
    if (E.isLeft(loaded)) {
      passedOver.push(`not ${loaded.left.message}`);
      continue;
    }
    terminal.note(`backend ${one.name}: the fastest found for ${purpose} (${loaded.right.description})`);
    passedOver.forEach(terminal.note);
    return loaded;
  }
  return fail("BackendMissing", "--backend", "auto: no backend starts on this machine: see svertka backends");
};

const named = async (name: string, { terminal, known }: Choice): Promise<Either<SvertkaError, Backend>> => {
  const asked = known.find((backend) => backend.name === name);
  if (asked === undefined) {
    const names = ["auto", ...known.map((backend) => backend.name)].join(", ");
    return E.left(
      mistake("BadOption", "--backend", `${JSON.stringify(name.slice(0, 40))} is no backend: give one of ${names}`),
    );
  }
  const loaded = await loads(asked);
  if (E.isRight(loaded)) terminal.note(`backend ${name} (${loaded.right.description})`);
  return loaded;
};

/** The backend of that name, or for `auto` the fastest found for the purpose; it is loaded, and said. */
export const chooseBackend = (
  name: string,
  terminal: Terminal,
  purpose: Purpose,
  known: readonly KnownBackend[] = knownBackends,
): Promise<Backend> => {
  const choice = { terminal, purpose, known };
  return orReject(() => (name === "auto" ? fastest(choice) : named(name, choice)));
};
