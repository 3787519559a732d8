/** Parts that stay where they are: the outputs of Split and Slice as slices of the input, where all readers can read such. */
import { at } from '../../util/arrays.ts';
import type { Draft } from './draft.ts';
import { movementOf } from './values.ts';

/** Leaves parts inside. From the first node to the last: a part of a part lies in the outermost. */
export function leavePartsInside(draft: Draft): void {
  for (const node of draft.graph.nodes) {
    const moves = movementOf(node.op);
    if (moves?.whole !== 'input') continue;
    const whole = draft.at(at(node.inputs, 0));
    if (!whole) continue;
    const context = draft.context(node);
    node.outputs.forEach((name, output) => {
      const placement = name === '' ? undefined : moves.place(context, output);
      if (placement) draft.place(name, whole.root, placement);
    });
  }
}
