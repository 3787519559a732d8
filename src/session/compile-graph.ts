/** Compiling a graph, and loading what that takes of the engine: passes and planning are synchronous. */
import type { DeviceProfile } from '../core/limits.ts';
import { lazy, loadRow } from '../core/on-demand.ts';
import type { Graph } from '../ir/graph.ts';
import type { OpKind } from '../ir/ops.ts';
import { loadKernels } from '../kernels/registry.ts';
import { definitionOf, loadOps, loadReferences } from '../ops/registry.ts';
import { isSmall } from '../passes/bind-values.ts';
import { BRANCHES, DATA_EXTENTS, hasBranches, hasDataExtents } from '../passes/infer-shapes.ts';
import { compiling, PASSES, type CompileOptions } from '../passes/pipeline.ts';
import { Pauses } from '../util/pause.ts';

/** How a graph is compiled, and at level `full` which device it will be planned for: its kernels are loaded. */
export interface CompileForOptions extends CompileOptions {
  readonly device?: DeviceProfile;
  /** It is not planned for a GPU: none of those kernels is loaded. */
  readonly withoutKernels?: boolean;
}

/**
 * The graph ready to run on the CPU, or at level `full` to be planned. Rejects as `compile` throws, with LoadError, and with the
 * signal's reason.
 */
export async function compileGraph(graph: Graph, options: CompileForOptions, signal?: AbortSignal): Promise<Graph> {
  const ops = graph.nodes.map(({ op }) => op);
  await Promise.all([loadOps(ops), ...(options.level === 'full' ? likelyPasses(graph, options) : [])]);
  const branching = hasBranches(graph);
  if (branching) await BRANCHES.load();
  if (hasDataExtents(graph)) await DATA_EXTENTS.load();
  // What follows from a branch is known when it is taken.
  await loadReferences(branching || options.level === 'reference' ? ops : foldedOps(graph));
  const compiled = await runPasses(graph, options, new Pauses(signal));
  if (options.level === 'full' && !options.withoutKernels) await loadKernels(compiled, options.device);
  return compiled;
}

/** Fetches, beside the operators, the passes that a graph looks as if it needs. */
function likelyPasses(graph: Graph, options: CompileOptions): (object | Promise<object>)[] {
  return PASSES.filter(({ applies }) => applies?.(graph, options, graph)).map(({ run }) => loadRow(run));
}

async function runPasses(graph: Graph, options: CompileOptions, pauses: Pauses): Promise<Graph> {
  const passes = compiling(graph, options);
  for (;;) {
    const { done, value } = passes.next();
    if (done) return value;
    if (value) await loadRow(value.run);
    await pauses.maybe();
  }
}

const DECIDING = lazy(() => import('../passes/deciding-inputs.ts'), 'decidingInputs');

/** Inputs whose elements decide shapes: see `decidingInputs`. Rejects with LoadError when an operator cannot be fetched. */
export async function findDecidingInputs(graph: Graph): Promise<readonly string[]> {
  if (!graph.inputs.some(isSmall)) return [];
  await loadOps(graph.nodes.map(({ op }) => op));
  return (await DECIDING.load())(graph);
}

/** Operators of the nodes that depend on constants and shapes alone, so that compiling the graph evaluates them. */
function foldedOps({ nodes, initializers }: Graph): OpKind[] {
  const known = new Set(['', ...initializers.keys()]);
  return nodes.flatMap(({ op, inputs, outputs }) => {
    if (!definitionOf(op).fold && !inputs.every((name) => known.has(name))) return [];
    for (const name of outputs) known.add(name);
    return [op];
  });
}
