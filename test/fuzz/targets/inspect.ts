/** From the bytes of a model to its plan, as `tilewise inspect` goes, and through the reference where that is little work. */
import { analyse } from '../../../src/analysis/summary.ts';
import { seededFeeds, staticShapes } from '../../../src/cli/seeded-feeds.ts';
import { DEFAULT_LIMITS } from '../../../src/core/limits.ts';
import { importModel } from '../../../src/formats/detect.ts';
import type { ModelFiles } from '../../../src/formats/importer.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import { print } from '../../../src/ir/print.ts';
import { bindShapes } from '../../../src/passes/bind-shapes.ts';
import { loadInference } from '../../../bench/lib/load-inference.ts';
import { propagate } from '../../../src/passes/infer-shapes.ts';
import { planGraph } from '../../../src/plan/plan-graph.ts';
import { runGraph } from '../../../src/runtime/cpu/run.ts';
import { compileGraph } from '../../../src/session/compile-graph.ts';
import { product } from '../../../src/util/arrays.ts';
import { loadReferences } from '../../../src/ops/registry.ts';
import { typed, type Settings } from '../target.ts';

/** Elements of all values together, and multiply-adds, above which a graph is not run. */
const MAX_WORK = 1e5;

/** Reads a model, compiles and plans it, and runs it on the CPU if it is small. */
export async function inspectModel(files: ModelFiles, { unlimited = false }: Settings): Promise<void> {
  const model = await typed(() => importModel(files));
  if (!model) return;
  const { graph } = model;
  print(graph);
  await typed(async () => {
    const inputShapes = staticShapes(graph.inputs, {});
    if (unlimited) await foldEverything(bindShapes(graph, inputShapes));
    const reference = await compileGraph(graph, { inputShapes, level: 'reference' });
    const full = await compileGraph(graph, { inputShapes, level: 'full' });
    planGraph(full, { limits: DEFAULT_LIMITS, adapterClass: 'integrated', features: [] });
    if (workOf(reference) < MAX_WORK)
      runGraph(reference, new Map(Object.entries(seededFeeds(reference.inputs, {}, 1))));
  });
}

/** What compiling would do without its limits. */
async function foldEverything(graph: Graph): Promise<void> {
  const ops = graph.nodes.map(({ op }) => op);
  await loadInference(graph);
  await loadReferences(ops);
  propagate(graph, { steps: Infinity, elements: Infinity });
}

function workOf(graph: Graph): number {
  const elements = [...graph.values.values()].reduce((sum, { shape }) => sum + product(shape), 0);
  return elements + analyse(graph).multiplyAdds;
}
