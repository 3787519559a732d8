/** GPU against CPU: times, and the largest difference. */
import type { VNode } from 'preact';
import { compare } from '../actions/measure.ts';
import { plural, time } from '../format.ts';
import { store } from '../state.ts';
import { useStore } from '../store.ts';
import type { Comparison } from '../worker/protocol.ts';
import { Problem } from './problem.tsx';
import { ProgressBar } from './progress-bar.tsx';

/** The card; on the CPU there is nothing to compare. */
export function CompareCard(): VNode {
  const comparison = useStore(store, (state) => state.comparison);
  const possible = useStore(store, (state) => state.model.status === 'ready' && state.seat?.backend === 'webgpu');
  const busy = comparison.status === 'busy';
  return (
    <section class="card" aria-labelledby="compare-title" data-testid="comparison" data-status={comparison.status}>
      <div class="card-head">
        <h2 id="compare-title">GPU against CPU</h2>
        <button
          type="button"
          class="button"
          data-testid="compare"
          disabled={!possible || busy}
          onClick={() => void compare()}
        >
          Compare with CPU
        </button>
      </div>
      <div class="compare-body" aria-live="polite">
        {comparison.status === 'done' ? (
          <Compared {...comparison.value} />
        ) : comparison.status === 'failed' ? (
          <Problem error={comparison.error} />
        ) : busy ? (
          <>
            <p>{comparison.stage ?? 'Waiting'} …</p>
            <ProgressBar label="Comparing" />
          </>
        ) : (
          <p class="quiet">
            Runs the picture through the plain CPU reference as well, node by node, and shows how far they differ.
          </p>
        )}
      </div>
    </section>
  );
}

function Compared({ gpuMs, cpuMs, difference, relative, worst, nodes, agreeing }: Comparison): VNode {
  return (
    <dl class="figures figures-small">
      <div>
        <dt>GPU</dt>
        <dd>{time(gpuMs)}</dd>
      </div>
      <div>
        <dt>CPU</dt>
        <dd>
          {time(cpuMs)}
          <small>{(cpuMs / gpuMs).toFixed(1)} times as long</small>
        </dd>
      </div>
      <div>
        <dt>Largest difference</dt>
        <dd>
          {difference.toExponential(1)}
          <small>{relative.toExponential(1)} of the largest output</small>
        </dd>
      </div>
      <div>
        <dt>Nodes that agree</dt>
        <dd>
          {agreeing} of {plural(nodes, 'node')}
          {worst && (
            <small>
              worst: {worst.node}, {worst.op} / {worst.variant}, {worst.maxAbs.toExponential(1)}
            </small>
          )}
        </dd>
      </div>
    </dl>
  );
}
