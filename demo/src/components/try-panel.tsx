/** "Try it": a picture or the camera, the model, and what it sees. */
import type { VNode } from 'preact';
import { ModelCard } from './model-card.tsx';
import { ResultCard } from './result-card.tsx';
import { Stage } from './stage.tsx';

/** Stage on the left, model and answer on the right; one under the other where there is no room. */
export function TryPanel(): VNode {
  return (
    <div class="try">
      <Stage />
      <div class="column">
        <ModelCard />
        <ResultCard />
      </div>
    </div>
  );
}
