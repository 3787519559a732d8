/** The steps of a run on a time axis: one bar a step, a lane for each kind of operator. */
import type { VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ProfileReport, ProfileStep } from '../../../src/index.ts';
import { bytes, percent, rate, shape, time } from '../format.ts';
import { Facts } from './facts.tsx';
import { layOut, ticks, type Bar } from '../timeline-layout.ts';

const ZOOMS = [1, 2, 4, 8, 16, 32] as const;
/** Marks on the axis at zoom 1. */
const TICKS = 4;
/** Marks after this part of the axis have their text before them: after them there is no room. */
const LAST = 0.94;
/** In CSS pixels, as the style sheet has it. */
const LANE = 26;

/** Arrow keys move from step to step; the one chosen is described below. */
export function Timeline({ profile }: { readonly profile: ProfileReport }): VNode {
  const { steps } = profile;
  const { lanes, bars, totalMs } = useMemo(() => layOut(steps), [steps]);
  const [zoom, setZoom] = useState(0);
  const [chosen, setChosen] = useState(() => longest(steps));
  const factor = ZOOMS[zoom] ?? 1;
  useEffect(() => {
    // What was looked at stays in sight.
    if (factor > 1) document.getElementById(barId(chosen))?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [factor]);
  const step = steps[chosen];
  return (
    <div class="timeline">
      <div class="timeline-head">
        <label for="zoom">Zoom</label>
        <input
          id="zoom"
          type="range"
          min={0}
          max={ZOOMS.length - 1}
          step={1}
          value={zoom}
          aria-valuetext={`${factor} times`}
          onInput={({ currentTarget }) => setZoom(Number(currentTarget.value))}
        />
        <output for="zoom" class="number">
          {factor}×
        </output>
      </div>
      <div class="timeline-body">
        <ul class="lane-names" aria-hidden="true">
          {lanes.map((lane) => (
            <li key={lane}>{lane}</li>
          ))}
        </ul>
        <div class="timeline-scroll">
          <div class="timeline-wide" style={{ width: `${factor * 100}%` }}>
            <Bars steps={steps} bars={bars} lanes={lanes.length} chosen={chosen} onChoose={setChosen} />
            <Axis totalMs={totalMs} count={TICKS * factor} />
          </div>
        </div>
      </div>
      <div class="step-detail" role="status" data-testid="step-detail">
        {step && <StepDetail step={step} />}
      </div>
    </div>
  );
}

interface BarsProps {
  readonly steps: readonly ProfileStep[];
  readonly bars: readonly Bar[];
  readonly lanes: number;
  readonly chosen: number;
  readonly onChoose: (step: number) => void;
}

function Bars({ steps, bars, lanes, chosen, onChoose }: BarsProps): VNode {
  const onKeyDown = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: chosen + 1,
      ArrowLeft: chosen - 1,
      Home: 0,
      End: steps.length - 1,
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const step = Math.min(steps.length - 1, Math.max(0, next));
    onChoose(step);
    document.getElementById(barId(step))?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  const choose = ({ target }: Event): void => {
    const step = target instanceof HTMLElement ? target.dataset['step'] : undefined;
    if (step !== undefined) onChoose(Number(step));
  };
  return (
    <div
      class="bars"
      role="listbox"
      tabIndex={0}
      aria-label="Steps in the order in which they run"
      aria-activedescendant={barId(chosen)}
      style={{ height: `${lanes * LANE}px` }}
      data-testid="timeline"
      onKeyDown={onKeyDown}
      onPointerOver={choose}
      onClick={choose}
    >
      {bars.map(({ left, width, lane }, i) => (
        <div
          key={i}
          id={barId(i)}
          role="option"
          aria-selected={i === chosen}
          aria-label={labelOf(steps[i])}
          data-step={i}
          style={{ left: `${left * 100}%`, width: `${width * 100}%`, top: `${lane * LANE}px` }}
        />
      ))}
    </div>
  );
}

function Axis({ totalMs, count }: { readonly totalMs: number; readonly count: number }): VNode {
  return (
    <div class="axis" aria-hidden="true">
      {ticks(totalMs, count).map((ms) => (
        <span
          key={ms}
          class={ms > LAST * totalMs ? 'number tick-end' : 'number'}
          style={{ left: `${totalMs > 0 ? (100 * ms) / totalMs : 0}%` }}
        >
          {time(ms)}
        </span>
      ))}
    </div>
  );
}

function StepDetail({ step }: { readonly step: ProfileStep }): VNode {
  const { node, op, variant, ms, share, gflops, gbps, bound, workgroups, outputs } = step;
  const facts: readonly (readonly [string, string])[] = [
    ['Time', `${time(ms)}, ${percent(share / 100)} of the run`],
    ['Kernel', `${op} / ${variant}`],
    ['Speed', `${rate(gflops || null, 'GFLOP/s')}, ${rate(gbps, 'GB/s')}, limited by ${bound}`],
    ['Output', outputs.map(shape).join(', ')],
    ['Workgroups', shape(workgroups)],
    ['Moves', bytes(step.bytes)],
  ];
  return (
    <>
      <h3>
        <span class="number quiet">{step.step + 1}</span> {node}
      </h3>
      <Facts rows={facts} wide />
    </>
  );
}

function barId(step: number): string {
  return `step-${step}`;
}

function labelOf(step: ProfileStep | undefined): string {
  return step ? `${step.node}, ${step.op} ${step.variant}, ${time(step.ms)}` : '';
}

function longest(steps: readonly ProfileStep[]): number {
  return steps.reduce((best, { ms }, i) => (ms > (steps[best]?.ms ?? 0) ? i : best), 0);
}
