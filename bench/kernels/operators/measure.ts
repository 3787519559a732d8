/** Runs the forms of a case in turn, round after round, and says what each took and how its answer differs. */
import { accumulatedTerms, compareTensors, resultTolerance } from '../../../src/core/compare.ts';
import { elementCount, type Tensor } from '../../../src/core/tensor.ts';
import { definitionOf } from '../../../src/ops/registry.ts';
import { compileGraph } from '../../../src/session/compile-graph.ts';
import { summarise } from '../../lib/statistics.ts';
import type { Form, FormRow, OperatorCase, OperatorRow } from './case.ts';
import type { Arena, Contender, Tensors } from './contender.ts';
import { load } from './contenders.ts';

/** Rounds in which every form has a turn, at most and at least. */
const ROUNDS = { most: 9, fewest: 3 } as const;
/** How long a turn lasts at least, in milliseconds, of a form whose runs are short: the first finds the processor cold. */
const TURN_MS = 40;
/** A form that has run for longer than this in all, in milliseconds, gets no turns beyond the fewest. */
const ENOUGH_MS = 4000;
/** Slower than this, a form runs once: the reference of a large operator. */
const ONCE_MS = 10_000;

interface Entry {
  readonly form: Form;
  readonly contender: Contender | undefined;
  readonly problem: string | undefined;
  readonly times: number[];
  readonly gpuTimes: number[];
  differs: string | undefined;
}

/** Measures one case. Forms that fail are rows with a `problem`; rejects only when the device is lost. */
export async function measureCase(operator: string, c: OperatorCase, arena: Arena): Promise<OperatorRow> {
  const multiplyAdds = await multiplyAddsOf(c);
  const entries: Entry[] = [];
  try {
    for (const form of c.forms) entries.push(await enter(form, c, arena));
    await compareAnswers(entries, c, multiplyAdds);
    for (let round = 0; round < ROUNDS.most; round++) {
      for (const entry of entries) await turn(entry, round);
    }
  } finally {
    await Promise.all(entries.map(({ contender }) => contender?.close()));
  }
  const rows = entries.map(rowOf);
  const [first] = rows;
  return { operator, case: c.title, multiplyAdds, forms: rows.map((row) => withRatios(row, first)) };
}

async function multiplyAddsOf(c: OperatorCase): Promise<number> {
  const { nodes, values } = await compileGraph(c.graph(), { level: 'reference' });
  return nodes.reduce((sum, node) => {
    const inputs = node.inputs.map((name) => values.get(name));
    const outputs = node.outputs.flatMap((name) => values.get(name) ?? []);
    return sum + (definitionOf(node.op).multiplyAdds?.(node, inputs, outputs) ?? 0);
  }, 0);
}

async function enter(form: Form, c: OperatorCase, arena: Arena): Promise<Entry> {
  const empty = { form, times: [], gpuTimes: [], differs: undefined };
  try {
    const contender = await load(form, c, arena);
    return { ...empty, contender, problem: undefined };
  } catch (error) {
    const problem = (error instanceof Error ? error.message : String(error)).split('\n')[0];
    return { ...empty, contender: undefined, problem };
  }
}

/** The first form's answer is what the others are compared with, unless the reference is among them. */
async function compareAnswers(entries: readonly Entry[], c: OperatorCase, multiplyAdds: number): Promise<void> {
  const compared = entries.filter(({ form, contender }) => contender && form.other !== true);
  const standard = compared.find(({ form }) => form.engine === 'tilewise-cpu') ?? compared[0];
  const expected = await standard?.contender?.answer();
  if (!expected) return;
  for (const entry of compared) {
    if (entry === standard) continue;
    const answer = await entry.contender?.answer();
    if (answer) entry.differs = c.agrees ? c.agrees(answer, expected) : difference(answer, expected, c, multiplyAdds);
  }
}

function difference(answer: Tensors, expected: Tensors, c: OperatorCase, multiplyAdds: number): string | undefined {
  const operand = Math.max(...Object.values(c.feeds()).map(({ shape }) => elementCount(shape)));
  for (const [name, wanted] of expected) {
    const given = answer.get(name);
    if (!given) return `there is no output "${name}"`;
    const terms = accumulatedTerms({ multiplyAdds, operand, result: elementCount(wanted.shape) });
    const text = differenceOf(given, wanted, terms);
    if (text !== undefined) return `"${name}": ${text}`;
  }
  return undefined;
}

function differenceOf(given: Tensor, wanted: Tensor, terms: number): string | undefined {
  const { ok, text } = compareTensors(given, wanted, resultTolerance(wanted, terms, false));
  return ok ? undefined : text;
}

async function turn({ contender, times, gpuTimes }: Entry, round: number): Promise<void> {
  const spent = times.reduce((sum, ms) => sum + ms, 0);
  if (!contender || spent > ONCE_MS || (spent > ENOUGH_MS && round >= ROUNDS.fewest)) return;
  let left = TURN_MS;
  do {
    const ms = await contender.run();
    times.push(ms);
    left -= ms;
  } while (left > 0);
  if (contender.runGpu) gpuTimes.push(await contender.runGpu());
}

function rowOf({ form, contender, problem, times, gpuTimes, differs }: Entry): FormRow {
  return {
    form: form.name,
    engine: form.engine,
    ...(contender?.dispatches === undefined ? {} : { dispatches: contender.dispatches }),
    ...(gpuTimes.length > 0 ? { gpuMs: summarise(gpuTimes).median } : {}),
    ...(times.length > 0 ? { ms: summarise(times).median } : {}),
    ...(differs === undefined ? {} : { differs }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function withRatios(row: FormRow, first: FormRow | undefined): FormRow {
  if (row.ms === undefined || first?.ms === undefined) return row;
  const gpuRatio = first.gpuMs === undefined ? undefined : (row.gpuMs ?? row.ms) / first.gpuMs;
  return { ...row, ratio: row.ms / first.ms, ...(gpuRatio === undefined ? {} : { gpuRatio }) };
}
