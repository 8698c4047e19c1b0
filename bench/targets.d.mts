/** Types of targets.mjs, for its test. */
export interface TargetRow {
  readonly title: string;
  readonly bound: string;
  readonly shown: string;
  readonly missed: readonly string[];
}

export const targetRows: (figures: {
  readonly measured: readonly {
    readonly mode: string;
    readonly model: string;
    readonly batch: number;
    readonly system: string;
    readonly milliseconds: number;
  }[];
  readonly cost?: { readonly callShare: number; readonly compile: number } | undefined;
  readonly browser?: undefined;
}) => readonly TargetRow[];
