/** What was measured, as tables for people. */
import { count } from "../quantities.js";
import { textTable } from "../text-table.js";
import type { ProfileRow } from "./profile.js";
import type { Times } from "./times.js";

export interface Measured extends Times {
  readonly backend: string;
  readonly mode: "inference" | "training";
  readonly batch: number;
  /** Examples a second, at the median. */
  readonly throughput: number;
  /** Most resident memory of the process, in MiB; of several backends in one process that of all so far. */
  readonly peakMegabytes: number;
  readonly profile?: readonly ProfileRow[] | undefined;
}

/** A backend that did not run, and why. */
export interface Absent {
  readonly backend: string;
  readonly problem: string;
}

const milliseconds = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(1));

const right = (title: string) => ({ title, align: "right" as const });

/** A row a backend; ratios are to the first. */
export const timesTable = (measured: readonly Measured[]): string => {
  const [first] = measured;
  return textTable(
    [
      { title: "backend", align: "left" },
      right("median ms"),
      right("p95 ms"),
      right("a second"),
      right("first run ms"),
      right("set-up ms"),
      right("peak MiB"),
      right("runs"),
      right(first === undefined ? "" : `against ${first.backend}`),
    ],
    measured.map((row) => [
      row.backend,
      milliseconds(row.median),
      milliseconds(row.p95),
      count(Math.round(row.throughput)),
      milliseconds(row.first),
      milliseconds(row.setUp),
      row.peakMegabytes.toFixed(0),
      String(row.runs),
      first === undefined ? "" : `${(first.median / row.median).toFixed(2)}×`,
    ]),
  );
};

export const profileTable = (rows: readonly ProfileRow[]): string =>
  textTable(
    [
      { title: "layers", align: "left" },
      right("ms"),
      right("share"),
      { title: "kernel", align: "left" },
      { title: "computes", align: "left" },
    ],
    rows.map((row) => [
      row.layers.join(", "),
      row.milliseconds.toFixed(3),
      `${(100 * row.share).toFixed(1)} %`,
      row.calls === 1 ? row.kernel : `${row.calls} × ${row.kernel}`,
      row.operators,
    ]),
  );
