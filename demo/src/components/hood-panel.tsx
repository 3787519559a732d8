/** "Under the hood": what the model is made of, what each layer costs, and whether GPU and CPU agree. */
import type { ComponentChildren, VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { exportTrace, inspect, loseDevice } from '../actions/measure.ts';
import { bytes, count, percent, time } from '../format.ts';
import { store } from '../state.ts';
import { useStore } from '../store.ts';
import type { Inspection, KindCost } from '../worker/protocol.ts';
import { CompareCard } from './compare-card.tsx';
import { ModelCard } from './model-card.tsx';
import { Problem } from './problem.tsx';
import { ProgressBar } from './progress-bar.tsx';
import { StepTable } from './step-table.tsx';
import { Timeline } from './timeline.tsx';

/** Measures by itself when it is opened. */
export function HoodPanel(): VNode {
  const ready = useStore(store, (state) => state.model.status === 'ready');
  const inspection = useStore(store, (state) => state.inspection);
  useEffect(() => {
    if (ready && store.state.inspection.status === 'idle') void inspect();
  }, [ready]);
  return (
    <div class="hood">
      <div class="hood-top">
        <ModelCard />
        <CompareCard />
      </div>
      {inspection.status === 'done' ? (
        <Inspected inspection={inspection.value} />
      ) : inspection.status === 'failed' ? (
        <section class="card">
          <h2>Layers</h2>
          <Problem error={inspection.error}>
            <button type="button" class="button" onClick={() => void inspect()}>
              Try again
            </button>
          </Problem>
        </section>
      ) : (
        <section class="card hood-waiting" aria-busy="true">
          <h2>Layers</h2>
          <p role="status">
            {ready ? 'Measuring every layer. On a software adapter this takes a while.' : 'Waiting for the model.'}
          </p>
          <ProgressBar label="Measuring" />
        </section>
      )}
    </div>
  );
}

function Inspected({ inspection }: { readonly inspection: Inspection }): VNode {
  const { profile, kinds } = inspection;
  return (
    <>
      <section class="card" aria-labelledby="figures-title" data-testid="figures">
        <h2 id="figures-title">Figures</h2>
        <Figures {...inspection} />
      </section>
      {profile && (
        <section class="card" aria-labelledby="timeline-title">
          <div class="card-head">
            <h2 id="timeline-title">Timeline</h2>
            <span class="actions">
              <button type="button" class="text-button" onClick={() => void inspect()}>
                Measure again
              </button>
              <button type="button" class="text-button" data-testid="export-trace" onClick={() => void exportTrace()}>
                Export trace
              </button>
            </span>
          </div>
          <p class="quiet">
            Mean of {profile.runs} runs by {profile.timing === 'timestamp' ? "the GPU's own clock" : "the host's clock"}
            . The trace opens in chrome://tracing and Perfetto.
          </p>
          <Timeline profile={profile} />
        </section>
      )}
      <div class="hood-pair">
        <section class="card" aria-labelledby="kinds-title">
          <h2 id="kinds-title">{profile ? 'Time by operator' : 'Multiply-adds by operator'}</h2>
          <Kinds kinds={kinds} text={profile ? time : count} />
        </section>
        <LoadStages load={inspection.load} />
      </div>
      {profile && (
        <section class="card" aria-labelledby="steps-title">
          <h2 id="steps-title">Steps</h2>
          <StepTable steps={profile.steps} />
        </section>
      )}
    </>
  );
}

function Figures({ totals, profile }: Inspection): VNode {
  const { plan } = totals;
  return (
    <dl class="figures">
      <Figure term="Parameters">{count(totals.parameters)}</Figure>
      <Figure term="Multiply-adds">{count(totals.multiplyAdds)}</Figure>
      {profile && <Figure term="A run">{time(profile.totals.runMs)}</Figure>}
      {profile && <Figure term="On the GPU">{time(profile.totals.passMs)}</Figure>}
      {profile && <Figure term="Speed">{profile.totals.gflops.toFixed(1)} GFLOP/s</Figure>}
      {plan && <Figure term="Weights">{bytes(plan.weightBytes)}</Figure>}
      {plan && (
        <Figure term="Activations" note={`at least ${bytes(plan.lowerBoundBytes)}`}>
          {bytes(plan.activationBytes)}
        </Figure>
      )}
      {plan && <Figure term="Dispatches">{plan.dispatches}</Figure>}
      {plan && <Figure term="Pipelines">{plan.pipelines}</Figure>}
      {totals.integers && (
        <Figure term="Integer nodes" note={`rounding ${totals.integers.rounding}`}>
          {totals.integers.nodes}
        </Figure>
      )}
      {totals.integers && <Figure term="8-bit weights">{bytes(totals.integers.weightBytes)}</Figure>}
      <Figure term="Nodes">{totals.nodes}</Figure>
    </dl>
  );
}

function Figure(props: { readonly term: string; readonly note?: string; readonly children: ComponentChildren }): VNode {
  return (
    <div>
      <dt>{props.term}</dt>
      <dd>
        {props.children}
        {props.note && <small>{props.note}</small>}
      </dd>
    </div>
  );
}

function Kinds({
  kinds,
  text,
}: {
  readonly kinds: readonly KindCost[];
  readonly text: (cost: number) => string;
}): VNode {
  return (
    <ul class="kinds" data-testid="kinds">
      {kinds.map(({ op, nodes, cost, share }) => (
        <li key={op} class="score">
          <span class="score-label">
            {op} <span class="quiet">× {nodes}</span>
          </span>
          <span class="number">
            {text(cost)} <span class="quiet kind-share">{percent(share)}</span>
          </span>
          <span class="bar" aria-hidden="true">
            <span style={{ transform: `scaleX(${share})` }} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function LoadStages({ load }: { readonly load: Inspection['load'] }): VNode {
  const stages: readonly (readonly [string, number])[] = [
    ['Fetching', load.downloadMs],
    ['Reading', load.parseMs],
    ['Opening the device', load.deviceMs],
    ['Passes', load.passesMs],
    ['Planning', load.planMs],
    ['Compiling shaders', load.compileMs],
    ['Uploading weights', load.uploadMs],
    ['First run', load.firstRunMs ?? 0],
  ];
  const taken = stages.filter(([, ms]) => ms > 0);
  const longest = Math.max(...stages.map(([, ms]) => ms), 1e-9);
  return (
    <section class="card" aria-labelledby="load-title">
      <div class="card-head">
        <h2 id="load-title">Loading</h2>
        {load.backend === 'webgpu' && (
          <button type="button" class="text-button" data-testid="lose-device" onClick={() => void loseDevice()}>
            Lose the device
          </button>
        )}
      </div>
      <ul class="kinds">
        {taken.map(([stage, ms]) => (
          <li key={stage} class="score">
            <span class="score-label">{stage}</span>
            <span class="number">{time(ms)}</span>
            <span class="bar" aria-hidden="true">
              <span style={{ transform: `scaleX(${ms / longest})` }} />
            </span>
          </li>
        ))}
      </ul>
      <p class="hint">Stages overlap; ready after {time(load.totalMs)}.</p>
    </section>
  );
}
