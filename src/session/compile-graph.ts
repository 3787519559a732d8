/** Compiling a graph, preceded by loading what that takes of the engine. */
import type { Graph } from '../ir/graph.ts';
import { compile, type CompileOptions } from '../passes/pipeline.ts';
import { loadKernels, loadOperators, loadReferences } from '../plan/operators.ts';

/** The graph ready to run on the CPU, or at level `full` to be planned. Rejects as `compile` throws, and with LoadError. */
export async function compileGraph(graph: Graph, options: CompileOptions): Promise<Graph> {
  await Promise.all([loadOperators(graph), options.level === 'reference' && loadReferences()]);
  const compiled = compile(graph, options);
  if (options.level === 'full') await loadKernels(compiled);
  return compiled;
}
