/** `tilewise inspect`: what a model is made of and what a run costs, without a GPU. */
import type { Command } from 'commander';
import { analyse } from '../../analysis/summary.ts';
import { compileGraph } from '../../session/compile-graph.ts';
import { DEFAULT_LIMITS } from '../../core/limits.ts';
import { printable } from '../../core/printable.ts';
import { shapeText } from '../../core/tensor.ts';
import type { Graph, InputShapes } from '../../ir/graph.ts';
import { descOf } from '../../ir/rewrite.ts';
import { planGraph } from '../../plan/plan-graph.ts';
import { parseInputShapes } from '../arguments.ts';
import type { Context, Runner } from '../context.ts';
import { onModel } from '../locate.ts';
import { byteText, countText, table, wrap, type Cell } from '../output.ts';
import { operatorCounts } from '../operators.ts';
import type { Port } from '../../session/feeds.ts';
import { staticShape } from '../seeded-feeds.ts';
import { addInputShapeOption, addSourceOptions, loadModel, type SourceOptions } from '../session.ts';

interface InspectOptions extends SourceOptions {
  readonly inputShape?: readonly string[];
}

/** What depends on the extents of the inputs. Bytes are as the engine holds them, four an element. */
interface Costs {
  readonly inputShapes: InputShapes;
  readonly outputs: readonly Port[];
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** What the plan allots to activations: all slots, inputs and outputs. */
  readonly peakActivationBytes: number;
  /** The largest sum of simultaneously live activations: no plan can be smaller. */
  readonly activationBytesLowerBound: number;
  readonly weightBytes: number;
  readonly dispatches: number;
  readonly pipelines: number;
}

/** Adds the command. */
export function addInspect(program: Command, runner: Runner): void {
  const command = program
    .command('inspect')
    .description(
      'show format, inputs, outputs, operators, parameters, multiply-adds, memory and dispatches; needs no GPU',
    )
    .argument('<model>', 'catalogue name, path or URL; of several files the main one');
  addInputShapeOption(addSourceOptions(command)).action(runner.wrap(inspect));
}

async function inspect([name = '']: readonly string[], options: InspectOptions, context: Context): Promise<number> {
  const { graph, format, warnings } = await loadModel(name, options, context);
  const given = parseInputShapes(options.inputShape ?? [], graph.inputs);
  const inputs: Port[] = graph.inputs.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
  const operators = operatorCounts(graph);
  const costs = await onModel(name, () => costsOf(graph, given));
  context.output.result({ model: name, format, warnings, inputs, operators, ...costs }, () => {
    const facts: [string, Cell][] = [
      ['format', format],
      ['inputs', inputs.map(portText)],
      ['outputs', costs.outputs.map(portText)],
      [
        'operators',
        Object.entries(operators)
          .map(([op, n]) => `${op} ${n}`)
          .join(', '),
      ],
      ['parameters', `${countText(costs.parameters)} (${costs.parameters})`],
      ['multiply-adds', `${countText(costs.multiplyAdds)} (${costs.multiplyAdds})`],
      ['weights', byteText(costs.weightBytes)],
      ['activations', `${byteText(costs.peakActivationBytes)} (at least ${byteText(costs.activationBytesLowerBound)})`],
      ['dispatches', `${costs.dispatches} from ${costs.pipelines} pipelines`],
    ];
    return table(
      ['', name],
      facts.map(([fact, value]) => [fact, [value].flat().flatMap((line) => wrap(line, 80).split('\n'))]),
    );
  });
  return 0;
}

/** Plans for a device with the limits that WebGPU guarantees, so that the figures are the same on every machine. */
async function costsOf(graph: Graph, given: InputShapes): Promise<Costs> {
  const inputShapes = Object.fromEntries(graph.inputs.map((input) => [input.name, staticShape(input, given)]));
  const model = await compileGraph(graph, { inputShapes, level: 'reference' });
  const { parameters, multiplyAdds } = analyse(model);
  const runnable = await compileGraph(graph, { inputShapes, level: 'full' });
  const plan = planGraph(runnable, { limits: DEFAULT_LIMITS, adapterClass: 'integrated', features: [] });
  return {
    inputShapes,
    outputs: model.outputs.map((name) => ({ name, ...descOf(model, name) })),
    parameters,
    multiplyAdds,
    peakActivationBytes: plan.memory.activations,
    activationBytesLowerBound: plan.memory.lowerBound,
    weightBytes: plan.memory.weights,
    dispatches: plan.steps.length,
    pipelines: plan.pipelines.length,
  };
}

function portText({ name, dtype, shape }: Port): string {
  return printable(`${name}: ${dtype} ${shapeText(shape)}`);
}
