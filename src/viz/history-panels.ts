/** A training history, as Keras names its columns, sorted into panels: a metric and its `val_` twin share one. */

export type Series = { readonly name: string; readonly values: readonly number[] };

export type Panel = { readonly label: string; readonly series: readonly Series[] };

/** Columns of one number an epoch: `loss`, `val_loss`, `accuracy`, … */
export type HistoryColumns = Readonly<Record<string, readonly number[]>>;

const VALIDATION = "val_";

/** One panel a metric, in the columns' order; in each the lines "training" and "validation", where they are there. */
export const historyPanels = (columns: HistoryColumns): readonly Panel[] => {
  const named = (name: string, column: string): readonly Series[] => {
    const values = columns[column];
    return values === undefined ? [] : [{ name, values }];
  };
  const metrics = new Set(Object.keys(columns).map((name) => name.replace(/^val_/, "")));
  return Array.from(metrics, (metric) => ({
    label: metric.replaceAll("_", " "),
    series: [...named("training", metric), ...named("validation", `${VALIDATION}${metric}`)],
  }));
};
