/**
 * Closes a run with which Node it was and the plain line `N passed, N failed`, skipped tests named with
 * their reasons above it. A file that cannot be loaded counts as a failure.
 */
import type { Reporter, SerializedError, TestModule } from "vitest/node";

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 };
    const skips: string[] = [];
    for (const module of modules) {
      count.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === "passed") count.passed++;
        else if (result.state === "failed") count.failed++;
        else {
          count.skipped++;
          const reason = result.state === "skipped" && result.note ? ` (${result.note})` : "";
          skips.push(`  ${module.relativeModuleId} > ${test.fullName}${reason}`);
        }
      }
    }
    if (skips.length > 0) console.log(`Skipped:\n${skips.join("\n")}`);
    console.log(`Node ${process.version}`);
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : "";
    console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
  }
}
