/** What the model sees, how long it took, and where it ran. */
import type { VNode } from 'preact';
import { lookAgain } from '../actions/look.ts';
import { saveAnswer } from '../actions/save.ts';
import { percent, shape, time } from '../format.ts';
import { store } from '../state.ts';
import { useStore } from '../store.ts';
import type { Answer, Box, Finding, OutputSummary, Score } from '../worker/protocol.ts';
import { LookOptions } from './look-options.tsx';
import { Problem } from './problem.tsx';

/** Rows that are kept free for an answer. */
const ROWS = 5;

/** The card. */
export function ResultCard(): VNode {
  const answer = useStore(store, (state) => state.answer);
  const last = answer.status === 'done' ? answer.value : undefined;
  const camera = useStore(store, (state) => state.camera.status === 'on');
  return (
    <section class="card" aria-labelledby="result-title" data-testid="result" data-status={answer.status}>
      <div class="card-head">
        <h2 id="result-title">What it sees</h2>
        <button type="button" class="text-button" disabled={!last || camera} onClick={() => void lookAgain()}>
          Run again
        </button>
        <button
          type="button"
          class="text-button"
          data-testid="save-answer"
          disabled={!last}
          onClick={() => void saveAnswer()}
        >
          Save
        </button>
      </div>
      <Took answer={last} />
      {answer.status === 'failed' ? (
        <Problem error={answer.error} />
      ) : (
        <div class="finding" aria-live={camera ? 'off' : 'polite'} aria-busy={answer.status === 'busy'}>
          {last ? <Found finding={last.finding} /> : <Placeholder />}
        </div>
      )}
      <LookOptions />
    </section>
  );
}

function Took({ answer }: { readonly answer: Answer | undefined }): VNode {
  const without = useStore(store, ({ model, answer: { status } }) =>
    model.status === 'failed' ? 'no model' : status === 'failed' ? 'no answer' : 'waiting for the model',
  );
  return (
    <p class="took">
      <span class="took-time" data-testid="run-time">
        {answer ? time(answer.ms) : '–'}
      </span>
      <span class="quiet took-where">
        {answer ? `${answer.first ? 'first run ' : ''}on ${answer.adapter}` : without}
      </span>
    </p>
  );
}

function Placeholder(): VNode {
  return (
    <ul class="scores" aria-hidden="true">
      {Array.from({ length: ROWS }, (_, i) => (
        <li key={i} class="skeleton score-skeleton" />
      ))}
    </ul>
  );
}

function Found({ finding }: { readonly finding: Finding }): VNode {
  switch (finding.kind) {
    case 'scores':
      return <Scores scores={finding.scores} />;
    case 'boxes':
      return <Boxes boxes={finding.boxes} />;
    case 'matte':
      return <p data-testid="matte">{percent(finding.share)} of the picture is foreground.</p>;
    case 'tensors':
      return <Tensors tensors={finding.tensors} />;
  }
}

function ScoreBar({ score }: { readonly score: number }): VNode {
  return (
    <>
      <span class="number">{percent(score)}</span>
      <span class="bar" aria-hidden="true">
        <span style={{ transform: `scaleX(${Math.min(1, Math.max(0, score))})` }} />
      </span>
    </>
  );
}

function Scores({ scores }: { readonly scores: readonly Score[] }): VNode {
  return (
    <ol class="scores" data-testid="scores">
      {scores.map(({ label, score }, i) => (
        <li key={i} class={i === 0 ? 'score score-best' : 'score'}>
          <span class="score-label">{label}</span>
          <ScoreBar score={score} />
        </li>
      ))}
    </ol>
  );
}

function Boxes({ boxes }: { readonly boxes: readonly Box[] }): VNode {
  if (boxes.length === 0) return <p class="quiet">Nothing it knows is in this picture.</p>;
  return (
    <ol class="scores" data-testid="detections">
      {boxes.map(({ label, score, x, y, width, height }, i) => (
        <li key={i} class="score">
          <span class="score-label">
            {label}
            <span class="visually-hidden">
              {`, ${Math.round(width)} by ${Math.round(height)} pixels at ${Math.round(x)}, ${Math.round(y)}`}
            </span>
          </span>
          <ScoreBar score={score} />
        </li>
      ))}
    </ol>
  );
}

function Tensors({ tensors }: { readonly tensors: readonly OutputSummary[] }): VNode {
  return (
    <dl class="facts" data-testid="tensors">
      {tensors.map((tensor) => (
        <div key={tensor.name}>
          <dt>{tensor.name}</dt>
          <dd>{tensorText(tensor)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Integers as they are, with what they stand for behind them. */
function tensorText({ dtype, shape: extents, min, max, quantisation }: OutputSummary): string {
  if (dtype === 'float32' || dtype === 'float16') {
    return `${shape(extents)}, from ${min.toPrecision(4)} to ${max.toPrecision(4)}`;
  }
  const real = (q: number, { scale, zeroPoint }: NonNullable<typeof quantisation>): string =>
    ((q - zeroPoint) * scale).toPrecision(3);
  const meaning = quantisation ? ` (${real(min, quantisation)} to ${real(max, quantisation)})` : '';
  return `${shape(extents)} ${dtype}, from ${min} to ${max}${meaning}`;
}
