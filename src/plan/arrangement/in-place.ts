/** Outputs written over an input that nothing reads any more, where the operator's kernels can. */
import { isDense } from '../../core/placement.ts';
import { elementCount } from '../../core/tensor.ts';
import { valuesThatLeave } from '../../ir/graph.ts';
import type { Node } from '../../ir/ops.ts';
import { kernelsOf } from '../../kernels/registry.ts';
import type { Draft } from './draft.ts';

/** Lets outputs take over the buffers of inputs. */
export function overwriteInputs(draft: Draft): void {
  const lastUses = lastUsesOf(draft);
  draft.graph.nodes.forEach((node, position) => {
    const kernels = kernelsOf(node.op);
    if (kernels.kind !== 'dispatch' || !kernels.overwrites || node.outputs.length !== 1) return;
    const [output = ''] = node.outputs;
    const candidates = kernels.overwrites(draft.context(node));
    const over = candidates.find(
      (input) => lastUses.get(rootOf(draft, node, input)) === position && fits(draft, node, input),
    );
    if (over === undefined) return;
    const root = rootOf(draft, node, over);
    const last = lastUses.get(output) ?? position;
    draft.takeOver(output, root);
    lastUses.set(root, last);
  });
}

function rootOf(draft: Draft, { inputs }: Node, input: number): string {
  return draft.at(inputs[input])?.root ?? '';
}

/** True when the input is all of its buffer, the output as large, and nothing else of the node lies there. */
function fits(draft: Draft, node: Node, input: number): boolean {
  const x = draft.at(node.inputs[input]);
  const y = draft.at(node.outputs[0]);
  const owner = draft.at(x?.root);
  if (!x || !y || !owner || y.root !== node.outputs[0]) return false;
  const { shape } = x;
  const whole = elementCount(shape) === elementCount(owner.shape) && isDense(x.placement, shape);
  const same = x.storage === y.storage && x.dtype === y.dtype && elementCount(y.shape) === elementCount(shape);
  const others = node.inputs.filter((_, i) => i !== input);
  return whole && same && isDense(y.placement, y.shape) && others.every((name) => draft.at(name)?.root !== x.root);
}

/** By storage, the position of the last node that touches it; inputs, constants and what leaves the graph never end. */
function lastUsesOf({ graph, values }: Draft): Map<string, number> {
  const last = new Map<string, number>();
  const touch = (name: string, position: number): void => {
    const root = values.get(name)?.root;
    if (root !== undefined) last.set(root, Math.max(last.get(root) ?? 0, position));
  };
  graph.nodes.forEach(({ inputs, outputs }, position) =>
    [...inputs, ...outputs].forEach((name) => touch(name, position)),
  );
  for (const name of [...graph.inputs.map((i) => i.name), ...graph.initializers.keys(), ...valuesThatLeave(graph)]) {
    touch(name, Infinity);
  }
  return last;
}
