/** `npm run bench:kernels -- --operators …`: operators of detectors and segmenters against other ways to have their answer. */
import { table } from '../../../src/cli/output.ts';
import { GpuClock } from '../../../src/measure/clock.ts';
import { openGpu } from '../../../src/node/adapter.ts';
import { requestDevice } from '../../../src/runtime/webgpu/device.ts';
import type { Streams } from '../../../src/cli/output.ts';
import { environment } from '../../lib/environment.ts';
import type { BenchOptions, Steps } from '../../lib/program.ts';
import { markdownTable, writeReport } from '../../lib/report.ts';
import type { TableText } from '../tables.ts';
import type { FormRow, OperatorCase, OperatorRow } from './case.ts';
import { OPERATORS, type OperatorName } from './index.ts';
import { measureCase } from './measure.ts';

interface NamedCase {
  readonly operator: OperatorName;
  readonly c: OperatorCase;
}

/** Measures the operators and resolves with the exit code: 1 where one of tilewise's forms failed, or answers differently. */
export async function benchOperators(
  names: readonly OperatorName[],
  options: BenchOptions,
  steps: Steps,
  { stdout, stderr }: Streams,
): Promise<number> {
  const gpu = await openGpu({ adapter: options.adapter });
  const device = await requestDevice(gpu.adapter);
  const env = environment(gpu);
  try {
    const rows = await measureAll(device, await casesOf(names), steps);
    steps.stop();
    const data = { environment: env, rows };
    const paths = writeReport(
      {
        name: 'operators',
        title: 'tilewise: operators of detectors and segmenters',
        environment: env,
        sections: [{ heading: 'Operators', body: markdownOf(operatorTable(rows)) }],
        chart: {
          title: `Whole runs on ${env.adapter?.name ?? ''}`,
          series: ['first form', 'best other'],
          groups: rows.map((row) => ({ label: `${row.operator} ${row.case}`, values: chartValues(row) })),
          unit: 'milliseconds',
        },
        data,
      },
      options.outputDir,
    );
    const { head, rows: cells, right } = operatorTable(rows);
    stdout.write(`${options.json ? JSON.stringify(data) : table(head, cells, right)}\n`);
    stderr.write(`written: ${paths.join(', ')}\n`);
    return rows.flatMap(({ forms }) => forms).some(isFault) ? 1 : 0;
  } finally {
    device.destroy();
  }
}

async function casesOf(names: readonly OperatorName[]): Promise<NamedCase[]> {
  const lists = names.map(async (operator) => (await OPERATORS[operator]()).map((c) => ({ operator, c })));
  return (await Promise.all(lists)).flat();
}

async function measureAll(device: GPUDevice, cases: readonly NamedCase[], steps: Steps): Promise<OperatorRow[]> {
  const clock = new GpuClock(device);
  const rows: OperatorRow[] = [];
  for (const [done, { operator, c }] of cases.entries()) {
    steps.begin(`${operator} ${c.title}`, done, cases.length);
    const row = await measureCase(operator, c, { device, clock });
    rows.push(row);
    steps.note(row.forms.map(noteOf).join(', '));
  }
  clock.destroy();
  return rows;
}

/** Other engines may not run an operator; tilewise has to, and rightly. */
function isFault({ engine, problem, differs }: FormRow): boolean {
  return engine === 'tilewise' && (problem !== undefined || differs !== undefined);
}

function noteOf({ form, ms, gpuMs, problem, differs }: FormRow): string {
  const time = problem ?? `${(gpuMs ?? ms ?? NaN).toFixed(2)} ms`;
  return `${form}: ${time}${differs === undefined ? '' : `, differs: ${differs}`}`;
}

function chartValues({ forms: [first, ...others] }: OperatorRow): (number | undefined)[] {
  const times = others.flatMap(({ ms }) => (ms === undefined ? [] : [ms]));
  return [first?.ms, times.length > 0 ? Math.min(...times) : undefined];
}

/** One line a form. */
export function operatorTable(rows: readonly OperatorRow[]): TableText {
  const right = ['dispatches', 'GPU ms', 'run ms', 'GPU ratio', 'run ratio'];
  return {
    head: ['operator', 'case', 'form', ...right, 'note'],
    right,
    rows: rows.flatMap(({ operator, case: title, forms }) =>
      forms.map((row) => [
        operator,
        title,
        row.form,
        row.dispatches === undefined ? '' : String(row.dispatches),
        fixed(row.gpuMs),
        fixed(row.ms),
        fixed(row.gpuRatio),
        fixed(row.ratio),
        row.problem ?? (row.differs === undefined ? '' : `differs: ${row.differs}`),
      ]),
    ),
  };
}

function fixed(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(2);
}

function markdownOf({ head, rows, right }: TableText): string {
  return markdownTable(head, rows, right);
}
