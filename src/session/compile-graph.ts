/** Compiling a graph, preceded by loading what that takes of the engine: compiling and planning are synchronous. */
import type { Graph } from '../ir/graph.ts';
import type { OpKind } from '../ir/ops.ts';
import { loadKernels } from '../kernels/registry.ts';
import { definitionOf, loadOps, loadReferences } from '../ops/registry.ts';
import { decidingInputs } from '../passes/deciding-inputs.ts';
import { compile, type CompileOptions } from '../passes/pipeline.ts';

/** The graph ready to run on the CPU, or at level `full` to be planned. Rejects as `compile` throws, and with LoadError. */
export async function compileGraph(graph: Graph, options: CompileOptions): Promise<Graph> {
  const ops = graph.nodes.map(({ op }) => op);
  await loadOps(ops);
  await loadReferences(options.level === 'reference' ? ops : foldedOps(graph));
  const compiled = compile(graph, options);
  if (options.level === 'full') await loadKernels(compiled);
  return compiled;
}

/** Inputs whose elements decide shapes: see `decidingInputs`. Rejects with LoadError when an operator cannot be fetched. */
export async function findDecidingInputs(graph: Graph): Promise<readonly string[]> {
  await loadOps(graph.nodes.map(({ op }) => op));
  return decidingInputs(graph);
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
