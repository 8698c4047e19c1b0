/** Numbers for people: thousands grouped, amounts with a unit, durations. */

const grouped = new Intl.NumberFormat("en-GB");

export const count = (value: number): string => grouped.format(value);

const scaled = (value: number, base: number, units: readonly string[]): string => {
  const power = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log(value) / Math.log(base)));
  const amount = value / base ** power;
  return `${power === 0 ? amount : amount.toFixed(amount < 10 ? 2 : 1)} ${units[power] ?? ""}`;
};

export const bytes = (value: number): string => scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB"]);

export const operations = (value: number): string => scaled(value, 1000, ["FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP"]);

export const seconds = (value: number): string =>
  value < 99.5
    ? `${value.toFixed(value < 9.95 ? 1 : 0)} s`
    : `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;

/** `loss 0.5123  accuracy 0.8214`. */
export const figures = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .map(
      ([name, value]) =>
        `${name} ${Math.abs(value) >= 1e-3 || value === 0 ? value.toFixed(4) : value.toExponential(2)}`,
    )
    .join("  ");
