/** A model taken apart: what it holds, what every layer costs, and where the time goes. */
import { analyseGraph, type GraphSummary, type Session } from '../../../src/index.ts';
import type { Feeds } from './feeds.ts';
import type { Model } from './model.ts';
import type { Inspection, KindCost, Totals } from './protocol.ts';

/** Runs whose times are averaged. */
const RUNS = 5;

/** Costs are measured on the GPU; on the CPU multiply-adds stand for them. */
export async function inspectModel({ runner, info }: Model, feeds: Feeds): Promise<Inspection> {
  const { session } = runner;
  const { firstRunMs } = session.report;
  const report = { ...info.report, ...(firstRunMs === undefined ? {} : { firstRunMs }) };
  const inputShapes = Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, shape]));
  const summary = await analyseGraph(session.graph, inputShapes);
  const totals = await totalsOf(session, summary);
  if (session.report.backend !== 'webgpu') {
    const costs = summary.perNode.map(({ op, multiplyAdds }) => ({ op, cost: multiplyAdds }));
    return { totals, load: report, kinds: kindsOf(costs).filter(({ cost }) => cost > 0) };
  }
  const profile = await session.profile(feeds, { runs: RUNS });
  const kinds = kindsOf(profile.nodes.map(({ op, ms }) => ({ op, cost: ms })));
  return { totals, load: report, kinds, profile };
}

/** Figures of a model, with those of its plan where it runs on the GPU. */
export async function totalsOf(session: Session, summary: GraphSummary): Promise<Totals> {
  const { parameters, multiplyAdds, perNode } = summary;
  const plan = await session.plan();
  const own = { parameters, multiplyAdds, nodes: perNode.length, ...integersOf(summary, session.report.format) };
  if (!plan) return own;
  const { weights, activations, lowerBound } = plan.memory;
  return {
    ...own,
    plan: {
      weightBytes: weights,
      activationBytes: activations,
      lowerBoundBytes: lowerBound,
      dispatches: plan.steps.length,
      pipelines: plan.pipelines.length,
    },
  };
}

/** TensorFlow Lite files are opened by the rule that is shipped. */
function integersOf({ quantisation }: GraphSummary, format: string): Pick<Totals, 'integers'> {
  if (!quantisation) return {};
  const { nodes, integerWeights, rounding } = quantisation;
  const rule = format === 'tflite' ? 'shipped' : rounding.join(', ');
  return { integers: { nodes: nodes.length, weightBytes: integerWeights.bytes, rounding: rule } };
}

/** Sums costs by operator, the most costly first. */
export function kindsOf(nodes: readonly { readonly op: string; readonly cost: number }[]): KindCost[] {
  const sums = [...new Set(nodes.map(({ op }) => op))].map((op) => {
    const own = nodes.filter((node) => node.op === op);
    return { op, nodes: own.length, cost: sum(own.map(({ cost }) => cost)) };
  });
  const total = sum(sums.map(({ cost }) => cost));
  return sums.map((kind) => ({ ...kind, share: total > 0 ? kind.cost / total : 0 })).sort((a, b) => b.cost - a.cost);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
