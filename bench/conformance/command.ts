/** `npm run conformance:onnx`: the ONNX project's own tests, on one backend. */
import { Command, Option } from 'commander';
import { table, type Streams } from '../../src/cli/output.ts';
import { runBench, type Steps } from '../lib/program.ts';
import { addToExpected, changes, type BackendName, type Changes } from './expected.ts';
import { runSuite, type FailedTest, type SuiteReport } from './run-suite.ts';

interface ConformanceOptions {
  readonly backend: BackendName;
  readonly filter?: string;
  readonly adapter?: string;
  readonly json?: boolean;
  readonly update?: boolean;
}

/**
 * Runs the command and resolves with the exit code: 0 where every test that is listed as passing passed (of those that were
 * run), else 1. Never rejects.
 */
export function runConformance(argv: readonly string[], streams: Streams): Promise<number> {
  const command = new Command('conformance:onnx')
    .description(
      "Runs the ONNX project's own tests (Debian's libonnx-testdata), and compares with those that passed before.",
    )
    .addOption(
      new Option('--backend <name>', 'where the models run; default: webgpu')
        .choices(['webgpu', 'wasm', 'cpu'] as const)
        .default('webgpu' as const),
    )
    .option('--filter <glob>', 'only tests of these names, as in "test_{resize,upsample}_*"')
    .option('--adapter <name>', 'auto, hardware, lavapipe, swiftshader, packaged, or a Vulkan driver manifest (.json)')
    .option('--update', 'add tests that pass to the list of those that must')
    .option('--json', 'print {backend, inScope, passed, failed: [{name, reason}], outOfScope} and nothing else')
    .option('--verbose', 'print stack traces of errors');
  return runBench<ConformanceOptions>(command, argv, streams, (options, steps) => run(options, steps, streams));
}

async function run(options: ConformanceOptions, steps: Steps, streams: Streams): Promise<number> {
  const bar = streams.stderr.isTTY === true;
  const onTest = bar ? steps.begin : undefined;
  const report = await runSuite({ ...options, ...(onTest ? { onTest } : {}) });
  steps.stop();
  const changed = changes(
    report.backend,
    report.passed,
    report.failed.map(({ name }) => name),
  );
  if (options.update) addToExpected(report.backend, changed.gained);
  const { stdout, stderr } = streams;
  stdout.write(options.json ? `${JSON.stringify(summary(report))}\n` : `${asText(report)}\n`);
  stderr.write(changesText(changed, options.update === true));
  return changed.lost.length > 0 ? 1 : 0;
}

function summary({ backend, passed, failed, outOfScope }: SuiteReport): object {
  const inScope = passed.length + failed.length;
  return { backend, inScope, passed: passed.length, failed, outOfScope: outOfScope.length };
}

function asText({ backend, passed, failed, outOfScope }: SuiteReport): string {
  const rows = failed.map(({ name, reason }) => [name, reason.length > 120 ? `${reason.slice(0, 119)}…` : reason]);
  const failures = rows.length > 0 ? `${table(['failed', 'why'], rows)}\n` : '';
  return (
    `${failures}${backend}: ${passed.length} of ${passed.length + failed.length} tests in scope passed, ` +
    `${outOfScope.length} are out of scope${reasonsText(outOfScope)}`
  );
}

function reasonsText(tests: readonly FailedTest[]): string {
  const counts = new Map<string, number>();
  for (const { reason } of tests) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts.size > 0 ? ` (${[...counts].map(([reason, n]) => `${reason} ${n}`).join(', ')})` : '';
}

function listed(names: readonly string[]): string {
  return names.map((name) => `  ${name}\n`).join('');
}

function changesText({ lost, gained }: Changes, updated: boolean): string {
  const first = lost.length > 0 ? `listed as passing, and failed:\n${listed(lost)}` : '';
  if (gained.length === 0 || updated) return first;
  return `${first}passed, and not listed (add them with --update):\n${listed(gained)}`;
}
