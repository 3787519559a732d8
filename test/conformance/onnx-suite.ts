/** Runs the ONNX project's own tests against the lists of those that must pass. */
import { expect } from 'vitest';
import { changes, type BackendName } from '../../bench/conformance/expected.ts';
import { runSuite, type SuiteOptions, type SuiteReport } from '../../bench/conformance/run-suite.ts';
import { SUITE, SUITE_HINT } from '../../bench/conformance/suite.ts';
import { isThere } from '../helpers/is-there.ts';

/** Whether the suite is installed. */
export const hasSuite = isThere({ path: SUITE, what: "ONNX's test suite", remedy: SUITE_HINT });

/**
 * Fails where a listed test fails, where one passes that is not listed (the lists grow with what passes), and where a test
 * runs into what nobody threw on purpose.
 */
export async function expectSuite(backend: BackendName, options: Omit<SuiteOptions, 'backend'> = {}): Promise<void> {
  expectReport(await runSuite({ backend, ...options }));
}

/** As `expectSuite`, of tests that ran elsewhere. */
export function expectReport({ backend, passed, failed }: SuiteReport): void {
  const { lost, gained } = changes(
    backend,
    passed,
    failed.map(({ name }) => name),
  );
  const reasons = new Map(failed.map(({ name, reason }) => [name, reason]));
  expect(lost.map((name) => `${name}: ${reasons.get(name)}`)).toEqual([]);
  expect(gained, `add them: npm run conformance:onnx -- --backend ${backend} --update`).toEqual([]);
  expect(failed.filter(({ reason }) => reason.startsWith('INTERNAL'))).toEqual([]);
}
