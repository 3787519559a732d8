/** The steps of a run as a table that can be sorted: the timeline for those who read rather than look. */
import type { VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ProfileStep } from '../../../src/index.ts';
import { percent, rate, time } from '../format.ts';
import { sortSteps, type StepKey } from '../sort-steps.ts';

interface Column {
  readonly key: StepKey;
  readonly title: string;
  readonly text: (step: ProfileStep) => string;
}

const COLUMNS: readonly Column[] = [
  { key: 'step', title: '#', text: ({ step }) => String(step + 1) },
  { key: 'node', title: 'Node', text: ({ node }) => node },
  { key: 'ms', title: 'Time', text: ({ ms, share }) => `${time(ms)} (${percent(share / 100)})` },
  { key: 'op', title: 'Kernel', text: ({ op, variant }) => `${op} / ${variant}` },
  { key: 'gflops', title: 'GFLOP/s', text: ({ gflops }) => rate(gflops || null, '').trim() },
  { key: 'gbps', title: 'GB/s', text: ({ gbps }) => rate(gbps, '').trim() },
];

const TEXTS: ReadonlySet<StepKey> = new Set(['node', 'op']);

/** Rows at first, and how many are added a frame when all are wanted: a long table at once would hold the page up. */
const FEW = 12;
const CHUNK = 30;

/** The slowest steps first. */
export function StepTable({ steps }: { readonly steps: readonly ProfileStep[] }): VNode {
  const [sort, setSort] = useState<{ key: StepKey; down: boolean }>({ key: 'ms', down: true });
  const [all, setAll] = useState(false);
  const [count, setCount] = useState(FEW);
  const sorted = useMemo(() => sortSteps(steps, sort.key, sort.down), [steps, sort]);
  useEffect(() => {
    if (!all || count >= steps.length) return undefined;
    const frame = requestAnimationFrame(() => setCount(count + CHUNK));
    return () => cancelAnimationFrame(frame);
  }, [all, count, steps]);
  const choose = (key: StepKey): void =>
    setSort({ key, down: sort.key === key ? !sort.down : !TEXTS.has(key) && key !== 'step' });
  return (
    <>
      <div class="table-scroll" role="region" aria-label="Table of steps" tabIndex={0}>
        <table data-testid="step-table">
          <caption class="visually-hidden">Steps of one run and their times</caption>
          <thead>
            <tr>
              {COLUMNS.map(({ key, title }) => (
                <th
                  key={key}
                  scope="col"
                  aria-sort={sort.key !== key ? 'none' : sort.down ? 'descending' : 'ascending'}
                >
                  <button type="button" class="sort" onClick={() => choose(key)}>
                    {title}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, all ? count : FEW).map((step) => (
              <Row key={step.step} step={step} />
            ))}
          </tbody>
        </table>
      </div>
      {steps.length > FEW && (
        <button type="button" class="text-button" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? `Show the first ${FEW}` : `Show all ${steps.length}`}
        </button>
      )}
    </>
  );
}

function Row({ step }: { readonly step: ProfileStep }): VNode {
  return (
    <tr>
      {COLUMNS.map(({ key, text }) => (
        <td key={key} class={key === 'node' ? 'name-cell' : 'number'}>
          {text(step)}
        </td>
      ))}
    </tr>
  );
}
