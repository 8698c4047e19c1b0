/** Columns of text for people: the last ones to the right, where they hold numbers. */

export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
}

export const textTable = (columns: readonly Column[], rows: readonly (readonly string[])[]): string => {
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, i) =>
        align === "left" ? (cells[i] ?? "").padEnd(widths[i] ?? 0) : (cells[i] ?? "").padStart(widths[i] ?? 0),
      )
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("──");
  return [line(columns.map(({ title }) => title)), rule, ...rows.map(line), rule].join("\n");
};
