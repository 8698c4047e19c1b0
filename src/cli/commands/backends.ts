/** `svertka backends`: which backends this machine has, found out by loading them. */
import { render } from "../../errors.js";
import { E } from "../../fp.js";
import { knownBackends, type KnownBackend } from "../choose-backend.js";
import type { Run } from "../command.js";
import { switchFlag } from "../flags.js";
import { versionOf } from "../package.js";
import { textTable } from "../text-table.js";

interface BackendState {
  readonly name: string;
  readonly description: string;
  readonly available: boolean;
  /** Of the package that it runs on. */
  readonly version: string | null;
  /** What it found under itself: a library's version, a device. */
  readonly detail: string | null;
  /** Why it does not start, and what to do. */
  readonly problem: string | null;
}

const stateOf = async ({ open, package: source, insteadOf }: KnownBackend): Promise<BackendState> => {
  const { name, description, load } = await open();
  const other = knownBackends.find((known) => known.name === insteadOf);
  const device = await (other === undefined ? load : (await other.open()).load)();
  return {
    name,
    description,
    available: E.isRight(device),
    version: source === undefined ? null : (versionOf(source) ?? null),
    detail: E.isRight(device) ? (device.right.detail ?? null) : null,
    problem: E.isLeft(device) ? render(device.left) : null,
  };
};

const table = (states: readonly BackendState[]): string =>
  textTable(
    [
      { title: "backend", align: "left" },
      { title: "here", align: "left" },
      { title: "version", align: "left" },
      { title: "what it is", align: "left" },
    ],
    states.map(({ name, available, version, description, detail, problem }) => [
      name,
      available ? "yes" : "no",
      version ?? "–",
      problem ?? (detail === null ? description : `${description} (${detail})`),
    ]),
  );

export const backends: Run = async ({ flags, terminal }) => {
  const states: BackendState[] = [];
  for (const known of knownBackends) states.push(await stateOf(known));
  terminal.result(switchFlag(flags, "json") ? JSON.stringify(states, undefined, 2) : table(states));
};
