/** The model: choose one, watch it load, see what it is or why it cannot run. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { LoadProgress } from '../../../src/index.ts';
import { cancelModel, chooseSiteModel, retryModel } from '../actions/model.ts';
import { takeFiles } from '../actions/picture.ts';
import { bytes, shape, time } from '../format.ts';
import { Facts } from './facts.tsx';
import { CLASSIFIER, isHeld, MODEL_GROUPS } from '../site.ts';
import { store, type ModelState } from '../state.ts';
import { useStore } from '../store.ts';
import type { ModelInfo } from '../worker/protocol.ts';
import { FileButton } from './file-button.tsx';
import { Problem } from './problem.tsx';
import { ProgressBar } from './progress-bar.tsx';

/** What the select holds while a model of the visitor's is used. */
const OWN = '';

/** The card. */
export function ModelCard(): VNode {
  const model = useStore(store, (state) => state.model);
  const request = model.status === 'none' ? undefined : model.request;
  const chosen = request?.kind === 'site' ? request.name : OWN;
  return (
    <section class="card" aria-labelledby="model-title">
      <h2 id="model-title">Model</h2>
      <div class="model-choice">
        <label class="visually-hidden" for="model-select">
          Model
        </label>
        <select
          id="model-select"
          data-testid="model-select"
          value={chosen}
          onChange={({ currentTarget }) => chooseSiteModel(currentTarget.value)}
        >
          {chosen === OWN && <option value={OWN}>{request?.title ?? 'Choose a model'}</option>}
          {MODEL_GROUPS.map((group) => (
            <optgroup key={group.title} label={group.title}>
              {group.models.map(({ name, title }) => (
                <option key={name} value={name}>
                  {isHeld(name) ? title : `${title} (from the web)`}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
        <FileButton testId="model-input" multiple onFiles={takeFiles}>
          Open files
        </FileButton>
      </div>
      {!isHeld(CLASSIFIER.name) && (
        <p class="hint" data-testid="not-held">
          The classifier of ImageNet could not be had when this page was built: it is fetched from the web when you
          choose it.
        </p>
      )}
      <div class="model-state" data-testid="model-state" data-status={model.status}>
        <ModelDetail model={model} />
      </div>
    </section>
  );
}

function ModelDetail({ model }: { readonly model: ModelState }): VNode | null {
  switch (model.status) {
    case 'none':
      return <div class="skeleton lines" />;
    case 'loading':
      return <Loading {...model} />;
    case 'ready':
      return <ModelFacts {...model.info} />;
    case 'failed':
      return (
        <Problem error={model.error}>
          <button type="button" class="button" onClick={retryModel}>
            Try again
          </button>
        </Problem>
      );
  }
}

const STARTING: LoadProgress = { stage: 'download', fraction: 0 };

const STAGES: Readonly<Record<LoadProgress['stage'], string>> = {
  download: 'Fetching',
  parse: 'Reading the model',
  compile: 'Planning',
  upload: 'Compiling shaders, uploading weights',
  tune: 'Tuning',
  ready: 'Ready',
};

function Loading({ since, progress }: Extract<ModelState, { status: 'loading' }>): VNode {
  const { stage, loaded, total, fraction } = progress ?? STARTING;
  const amount =
    loaded === undefined ? '' : total === undefined ? bytes(loaded) : `${bytes(loaded)} of ${bytes(total)}`;
  return (
    <div class="loading">
      <p class="loading-line">
        <span role="status">{STAGES[stage]}</span>
        <span class="number">{stage === 'download' || stage === 'parse' ? amount : ''}</span>
      </p>
      <ProgressBar label="Loading the model" share={fraction} />
      <p class="loading-line">
        <Elapsed since={since} />
        <button type="button" class="text-button" data-testid="cancel-load" onClick={cancelModel}>
          Cancel
        </button>
      </p>
    </div>
  );
}

function Elapsed({ since }: { readonly since: number }): VNode {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 200);
    return () => clearInterval(timer);
  }, []);
  return <span class="number quiet">{(Math.max(0, now - since) / 1000).toFixed(1)} s</span>;
}

function ModelFacts({ task, inputs, outputs, report, licence }: ModelInfo): VNode {
  const rows: readonly (readonly [string, string])[] = [
    ['Input', portsText(inputs)],
    ['Output', portsText(outputs)],
    ['Format', report.format],
    ['Loaded in', time(report.totalMs)],
    ...(licence === undefined ? [] : [['Licence', licence] as const]),
  ];
  return (
    <>
      {task === 'other' && (
        <p class="hint">
          The page does not know what this model's outputs mean, so it is fed zeros; "Under the hood" works as for any
          other.
        </p>
      )}
      <Facts rows={rows} />
    </>
  );
}

function portText({ dtype, shape: extents, quantisation }: ModelInfo['inputs'][number]): string {
  if (!quantisation) return shape(extents);
  const { scale, zeroPoint } = quantisation;
  return `${shape(extents)} ${dtype}, scale ${Number(scale.toPrecision(4))}, zero ${zeroPoint}`;
}

/** Several tensors are counted, one is described: the card keeps its height. */
function portsText(ports: ModelInfo['inputs']): string {
  const [only] = ports;
  return only && ports.length === 1 ? portText(only) : `${ports.length} tensors`;
}
