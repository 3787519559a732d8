/**
 * Prints, after all tests, how many GPU dispatches ran on which adapter, in how many runs of operator cases (a case, a variant
 * and a setup each), and the plain totals. Fails a GPU run without any dispatch.
 */
import type { Reporter, TestModule } from 'vitest/node';

declare module 'vitest' {
  interface TaskMeta {
    /** Compute dispatches this test put on a real device. */
    dispatches?: number;
    /** Pairs of a variant and a setup in which this test ran its case. */
    runs?: number;
    adapter?: string;
  }
}

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((m) => [...m.children.allTests()]);
    const count = (state: string): number => tests.filter((t) => t.result().state === state).length;
    const broken = modules.filter((m) => m.errors().length > 0).length;
    const sum = (key: 'dispatches' | 'runs'): number => tests.reduce((total, t) => total + (t.meta()[key] ?? 0), 0);
    const dispatches = sum('dispatches');
    const cases = tests.filter((t) => t.meta().runs !== undefined).length;
    const adapters = new Set(tests.map((t) => t.meta().adapter).filter((name) => name !== undefined));
    if (modules.some((m) => ['gpu', 'networks'].includes(m.project.name))) {
      console.log(`kernels executed: ${dispatches} (adapter: ${[...adapters].join(', ') || 'none'})`);
      if (cases > 0) console.log(`operator cases: ${cases}, run ${sum('runs')} times`);
      if (dispatches === 0) process.exitCode = 1;
    }
    console.log(`${count('passed')} passed, ${count('failed') + broken} failed, ${count('skipped')} skipped`);
  }
}
