/**
 * A vitest reporter: at the end it lists every skipped test with its reason, the text given to `context.skip(reason)`.
 *
 * A reason that starts with "missing:" names a part that `.ci/run` installs. There SVERTKA_CI_COMPLETE is 1, every such
 * part has to be present, and so such a skip makes the run fail. A part that `.ci/run` does not install has another word.
 */
/** @implements {import("vitest/node").Reporter} */
export default class SkipsReporter {
  /** @param {ReadonlyArray<import("vitest/node").TestModule>} modules */
  onTestRunEnd(modules) {
    const skipped = modules.flatMap((module) => [...module.children.allTests("skipped")].map(describe));
    if (skipped.length === 0) return;

    console.log(`\nSkipped tests (${skipped.length}):`);
    for (const { reason, place } of skipped) console.log(`  ${reason} | ${place}`);

    const missing = skipped.filter(({ reason }) => reason.startsWith("missing:"));
    if (process.env.SVERTKA_CI_COMPLETE !== "1" || missing.length === 0) return;
    console.error(`\n${missing.length} of them miss a part that .ci/run has to install.`);
    process.exitCode = 1;
  }
}

/** @param {import("vitest/node").TestCase} test */
const describe = (test) => {
  const { note } = test.result();
  return {
    reason: note ?? (test.options.mode === "todo" ? "still to be written" : "no reason given"),
    place: `${test.module.relativeModuleId} > ${test.fullName}`,
  };
};
