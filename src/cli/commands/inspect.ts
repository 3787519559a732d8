/** `tilewise inspect`: what a model is made of and what a run costs, without a GPU. */
import type { Command } from 'commander';
import type { QuantisationSummary } from '../../analysis/quantisation.ts';
import { analyse } from '../../analysis/summary.ts';
import { compileGraph } from '../../session/compile-graph.ts';
import { DEFAULT_LIMITS } from '../../core/limits.ts';
import { printable } from '../../core/printable.ts';
import { shapeText } from '../../core/tensor.ts';
import type { Graph, InputShapes } from '../../ir/graph.ts';
import { planGraph } from '../../plan/plan-graph.ts';
import { parseInputShapes } from '../arguments.ts';
import type { Context, Runner } from '../context.ts';
import { onModel } from '../locate.ts';
import { byteText, countText, table, wrap, type Cell } from '../output.ts';
import { operatorCounts } from '../operators.ts';
import { roundingOf, scaleText } from '../quantisation.ts';
import type { Port } from '../../session/feeds.ts';
import { outputPorts, withScales } from '../../session/ports.ts';
import { staticShape } from '../seeded-feeds.ts';
import {
  addInputShapeOption,
  addSourceOptions,
  addWeightStorageOption,
  loadModel,
  type DeviceOptions,
  type LoadedModel,
  type SourceOptions,
} from '../session.ts';

interface InspectOptions extends SourceOptions, Pick<DeviceOptions, 'weightStorage'> {
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
  /** Null of a model without integers that stand for real numbers. */
  readonly quantisation: QuantisationSummary | null;
}

/** Adds the command. */
export function addInspect(program: Command, runner: Runner): void {
  const command = program
    .command('inspect')
    .description(
      'show format, inputs, outputs, operators, parameters, multiply-adds, memory and dispatches; needs no GPU',
    )
    .argument('<model>', 'catalogue name, path or URL; of several files the main one');
  addWeightStorageOption(addInputShapeOption(addSourceOptions(command))).action(runner.wrap(inspect));
}

async function inspect([name = '']: readonly string[], options: InspectOptions, context: Context): Promise<number> {
  const model = await loadModel(name, options, context);
  const { graph, format, warnings, signature = null, signatures = [], metadata, labels = [] } = model;
  const given = parseInputShapes(options.inputShape ?? [], graph.inputs);
  const inputs = withScales(
    graph.inputs.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
    graph,
  );
  const costs = await onModel(name, () => costsOf(graph, given, options.weightStorage));
  const operators = operatorCounts(graph);
  const said = { signature, signatures, metadata: Object.fromEntries(metadata), labels };
  const rounding = roundingOf(model, costs.quantisation ?? undefined);
  context.output.result({ model: name, format, warnings, ...said, rounding, inputs, operators, ...costs }, () => {
    const facts: [string, Cell][] = [
      ['format', format],
      ...saidFacts(model),
      ['inputs', inputs.map(portText)],
      ['outputs', costs.outputs.map(portText)],
      [
        'operators',
        Object.entries(operators)
          .map(([op, n]) => `${op} ${n}`)
          .join(', '),
      ],
      ...integerFacts(costs, rounding),
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

/** Labels that a line has room for. */
const SHOWN_LABELS = 5;

/** What a file says beside its graph. */
function saidFacts({ signature, signatures = [], metadata, labels = [] }: LoadedModel): [string, Cell][] {
  const more = labels.length > SHOWN_LABELS ? '; …' : '';
  return [
    ...(signature === undefined ? [] : [['signature', signature] satisfies [string, Cell]]),
    ...(signatures.every((key) => key === signature)
      ? []
      : [['signatures', signatures.join(', ')] satisfies [string, Cell]]),
    ...(metadata.size === 0
      ? []
      : [['metadata', [...metadata].map(([key, text]) => `${key}: ${text}`)] satisfies [string, Cell]]),
    ...(labels.length === 0
      ? []
      : [['labels', `${labels.length}: ${labels.slice(0, SHOWN_LABELS).join('; ')}${more}`] satisfies [string, Cell]]),
  ];
}

function integerFacts({ quantisation }: Costs, rounding: string | null): [string, Cell][] {
  if (!quantisation) return [];
  const { nodes, integerWeights } = quantisation;
  return [
    ['quantised', `${nodes.length} operators${rounding === null ? '' : `, rounding ${rounding}`}`],
    ['8-bit weights', `${byteText(integerWeights.bytes)} in ${integerWeights.tensors} tensors`],
  ];
}

/** Plans for a device with the limits that WebGPU guarantees, so that the figures are the same on every machine. */
async function costsOf(
  graph: Graph,
  given: InputShapes,
  weightStorage: InspectOptions['weightStorage'],
): Promise<Costs> {
  const inputShapes = Object.fromEntries(graph.inputs.map((input) => [input.name, staticShape(input, given)]));
  const model = await compileGraph(graph, { inputShapes, level: 'reference' });
  const { parameters, multiplyAdds, quantisation = null } = analyse(model);
  const runnable = await compileGraph(graph, { inputShapes, level: 'full', weightStorage });
  const plan = planGraph(runnable, { limits: DEFAULT_LIMITS, adapterClass: 'integrated', features: [] });
  return {
    inputShapes,
    outputs: withScales(outputPorts(model), graph),
    parameters,
    multiplyAdds,
    peakActivationBytes: plan.memory.activations,
    activationBytesLowerBound: plan.memory.lowerBound,
    weightBytes: plan.memory.weights,
    dispatches: plan.steps.length,
    pipelines: plan.pipelines.length,
    quantisation,
  };
}

function portText({ name, dtype, shape, quantisation }: Port): string {
  const meaning = quantisation ? ` (${scaleText(quantisation)})` : '';
  return printable(`${name}: ${dtype} ${shapeText(shape)}${meaning}`);
}
