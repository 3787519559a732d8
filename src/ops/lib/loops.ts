/** The references of convolutions, products and pools, which a graph on the GPU hardly ever takes: loaded when they are needed. */
import { GraphError } from '../../core/errors.ts';
import { onDemand } from '../../core/on-demand.ts';
import type { Graph } from '../../ir/graph.ts';
import type { OpKind } from '../../ir/ops.ts';

type Part = typeof import('./loops-part.ts');

let part: Part | undefined;

/** To be awaited before any of these operators is evaluated. Rejects with LoadError when they cannot be fetched. */
export async function loadLoops(): Promise<void> {
  part ??= await onDemand('CPU reference', () => import('./loops-part.ts'));
}

/** The loops. Throws GraphError when they are not loaded. */
export function loops(): Part {
  if (part) return part;
  throw new GraphError('the CPU reference is not loaded', { hint: 'Call loadReferences() before evaluating a graph' });
}

const WITH_LOOPS: ReadonlySet<OpKind> = new Set<OpKind>([
  'Conv',
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'Gemm',
  'MatMul',
]);

/** True when one of them depends on constants and shapes alone, so that compiling the graph evaluates it. */
export function foldsLoops({ nodes, initializers }: Graph): boolean {
  const known = new Set(['', ...initializers.keys()]);
  return nodes.some(({ op, inputs, outputs }) => {
    if (op !== 'Shape' && !inputs.every((name) => known.has(name))) return false;
    for (const name of outputs) known.add(name);
    return WITH_LOOPS.has(op);
  });
}
