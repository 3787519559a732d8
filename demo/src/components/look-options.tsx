/** What of a task the visitor may choose: limits, meshes, backgrounds. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { chooseOptions } from '../actions/look.ts';
import { percent } from '../format.ts';
import { store } from '../state.ts';
import { useStore } from '../store.ts';
import type { Background } from '../worker/protocol.ts';

const BACKGROUNDS: readonly (readonly [Background, string])[] = [
  ['none', 'Nothing: cut out'],
  ['blurred', 'The picture, blurred'],
  ['#ffffff', 'White'],
  ['#00b140', 'Green'],
];

/** The row; empty for models that have nothing to choose. */
export function LookOptions(): VNode {
  const task = useStore(store, ({ model }) => (model.status === 'ready' ? model.info.task : undefined));
  const boxes = task === 'detection' || task === 'pose' || task === 'face-detection' || task === 'hand-detection';
  return (
    <div class="look-options" data-testid="look-options">
      {boxes && <Threshold />}
      {boxes && <Most />}
      {task === 'face-detection' && <Mesh />}
      {task === 'matting' && <Backgrounds />}
    </div>
  );
}

function Threshold(): VNode {
  const threshold = useStore(store, ({ options }) => options.threshold);
  const [moved, setMoved] = useState(threshold);
  useEffect(() => setMoved(threshold), [threshold]);
  return (
    <label class="look-option">
      Least score
      <input
        type="range"
        data-testid="threshold"
        min="0.05"
        max="0.95"
        step="0.05"
        value={moved}
        aria-valuetext={percent(moved)}
        onInput={({ currentTarget }) => setMoved(currentTarget.valueAsNumber)}
        onChange={({ currentTarget }) => chooseOptions({ threshold: currentTarget.valueAsNumber })}
      />
      <span class="number">{Math.round(moved * 100)} %</span>
    </label>
  );
}

function Most(): VNode {
  const max = useStore(store, ({ options }) => options.max);
  return (
    <label class="look-option">
      At most
      <input
        type="number"
        data-testid="most"
        min="1"
        max="999"
        value={max}
        onChange={({ currentTarget }) => {
          const { valueAsNumber } = currentTarget;
          if (Number.isInteger(valueAsNumber) && valueAsNumber >= 1) chooseOptions({ max: valueAsNumber });
          else currentTarget.value = String(max);
        }}
      />
    </label>
  );
}

function Mesh(): VNode {
  const mesh = useStore(store, ({ options }) => options.mesh);
  return (
    <label class="look-option">
      <input
        type="checkbox"
        data-testid="mesh"
        checked={mesh}
        onChange={({ currentTarget }) => chooseOptions({ mesh: currentTarget.checked })}
      />
      Mesh and irises
    </label>
  );
}

function Backgrounds(): VNode {
  const background = useStore(store, ({ options }) => options.background);
  return (
    <label class="look-option">
      Background
      <select
        data-testid="background"
        value={background}
        onChange={({ currentTarget }) => chooseOptions({ background: currentTarget.value as Background })}
      >
        {BACKGROUNDS.map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
