/** The files that a run writes: figures as JSON, and the page that shows them. Beside first, then renamed: never half a file. */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { browserText, judged, resultsText, targetTable } from "./tables.mjs";

const here = import.meta.dirname;
const page = join(here, "..", "docs", "performance.md");
const files = { results: join(here, "results.json"), browser: join(here, "browser.json") };

const writeWhole = (file, text) => {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
};

const readJson = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined);

/** The page with this text between the marks of that name. */
export const withPart = (text, name, part) => {
  const [begin, end] = [`<!-- bench ${name}: begin -->`, `<!-- bench ${name}: end -->`];
  const [start, stop] = [text.indexOf(begin), text.indexOf(end)];
  if (start < 0 || stop < start)
    throw new Error(`docs/performance.md has no place for ${name}: put in ${begin} and ${end}`);
  return `${text.slice(0, start)}${begin}\n\n${part}\n\n${text.slice(stop)}`;
};

/** What was measured last, in Node and in the browser. */
export const lastMeasured = () => {
  const [results, browser] = [readJson(files.results), readJson(files.browser)];
  return { results, browser };
};

export const readReasons = () => readJson(join(here, "reasons.json")) ?? {};

/** Puts new figures (`results`, `browser`, or both) into their files and the page; the table of targets is made of both. */
export const writeFigures = (figures) => {
  for (const [name, value] of Object.entries(figures))
    writeWhole(files[name], `${JSON.stringify(value, undefined, 2)}\n`);
  const { results, browser } = lastMeasured();
  let text = readFileSync(page, "utf8");
  if (results !== undefined) text = withPart(text, "results", resultsText(results));
  if (browser !== undefined) text = withPart(text, "browser", browserText(browser));
  const measured = results === undefined ? [] : judged(results);
  text = withPart(text, "targets", targetTable({ measured, cost: results?.cost, browser }, readReasons()));
  writeWhole(page, text);
};
