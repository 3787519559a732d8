/** `tilewise inspect`: what a model is made of and what a run costs, without a GPU. */
import type { Command } from 'commander';
import type { QuantisationSummary } from '../../analysis/quantisation.ts';
import { UnsupportedError, type TilewiseError } from '../../core/errors.ts';
import { printable } from '../../core/printable.ts';
import { shapeText } from '../../core/tensor.ts';
import { parseInputShapes } from '../arguments.ts';
import type { Context, Runner } from '../context.ts';
import { onModel, withFile } from '../locate.ts';
import { findingsOf, type PlanCosts, type ModelWork } from '../model-costs.ts';
import { byteText, countText, failureOf, table, wrap, type Cell } from '../output.ts';
import { operatorCounts } from '../operators.ts';
import { roundingOf, scaleText } from '../quantisation.ts';
import type { Port } from '../../session/feeds.ts';
import { withScales } from '../../session/ports.ts';
import type { DeviceOptions } from '../place.ts';
import {
  addInputShapeOption,
  addSourceOptions,
  addWeightStorageOption,
  loadModel,
  type LoadedModel,
  type SourceOptions,
} from '../session.ts';

interface InspectOptions extends SourceOptions, Pick<DeviceOptions, 'weightStorage'> {
  readonly inputShape?: readonly string[];
}

/** Adds the command. */
export function addInspect(program: Command, runner: Runner): void {
  const command = program
    .command('inspect')
    .description(
      'show what a model is made of, what a run costs, and all that would be refused, with what may help; needs no GPU',
    )
    .argument('<model>', 'catalogue name, path or URL; of several files the main one');
  addWeightStorageOption(addInputShapeOption(addSourceOptions(command))).action(runner.wrap(inspect));
}

async function inspect([name = '']: readonly string[], options: InspectOptions, context: Context): Promise<number> {
  const model = await loadModel(name, options, context);
  const { graph, format, warnings, signature = null, signatures = [], metadata, labels = [] } = model;
  const given = parseInputShapes(options.inputShape ?? [], graph.inputs);
  const inputs = withScales(
    graph.inputs.map(({ name, dtype, shape, suggested }) => ({ name, dtype, shape, ...(suggested && { suggested }) })),
    graph,
  );
  const { work, plan, problem } = await onModel(name, () => findingsOf(graph, given, options.weightStorage));
  const operators = operatorCounts(graph);
  const said = { signature, signatures, metadata: Object.fromEntries(metadata), labels };
  const rounding = work ? roundingOf(model, work.quantisation ?? undefined) : null;
  const failure = problem && withFile(problem, name);
  const result = { model: name, format, warnings, ...said, rounding, inputs, operators, ...work, ...plan };
  context.output.result(failure ? { ...result, ...failureOf(failure) } : result, () => {
    const facts: [string, Cell][] = [
      ['format', format],
      ...saidFacts(model),
      ['inputs', inputs.map(portText)],
      ...(work ? [['outputs', work.outputs.map(portText)] satisfies [string, Cell]] : []),
      [
        'operators',
        Object.entries(operators)
          .map(([op, n]) => `${op} ${n}`)
          .join(', '),
      ],
      ...(work ? workFacts(work, rounding) : []),
      ...(plan ? planFacts(plan) : []),
      ['refused', refusedText(problem, work !== undefined)],
    ];
    return table(
      ['', name],
      facts.map(([fact, value]) => [fact, [value].flat().flatMap((line) => wrap(line, 80).split('\n'))]),
    );
  });
  if (!failure) return 0;
  context.output.problem(failure);
  return 1;
}

/** What a reader of the table is told; what is wrong stands below it, with what may help. */
function refusedText(problem: TilewiseError | undefined, runsOnCpu: boolean): string {
  if (!problem) return 'nothing';
  if (problem instanceof UnsupportedError) return `${problem.items.length}${runsOnCpu ? ' on WebGPU' : ''}, see below`;
  return 'nothing when it is read; by WebGPU, not known: see below';
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

function workFacts({ quantisation, parameters, multiplyAdds }: ModelWork, rounding: string | null): [string, Cell][] {
  return [
    ...(quantisation ? integerFacts(quantisation, rounding) : []),
    ['parameters', `${countText(parameters)} (${parameters})`],
    ['multiply-adds', `${countText(multiplyAdds)} (${multiplyAdds})`],
  ];
}

function integerFacts({ nodes, integerWeights }: QuantisationSummary, rounding: string | null): [string, Cell][] {
  return [
    ['quantised', `${nodes.length} operators${rounding === null ? '' : `, rounding ${rounding}`}`],
    ['8-bit weights', `${byteText(integerWeights.bytes)} in ${integerWeights.tensors} tensors`],
  ];
}

function planFacts(plan: PlanCosts): [string, Cell][] {
  return [
    ['weights', byteText(plan.weightBytes)],
    ['activations', `${byteText(plan.peakActivationBytes)} (at least ${byteText(plan.activationBytesLowerBound)})`],
    ['dispatches', `${plan.dispatches} from ${plan.pipelines} pipelines`],
  ];
}

function portText({ name, dtype, shape, suggested, quantisation }: Port): string {
  const extents = suggested ? ' (suggested: --input-shape gives others)' : '';
  const meaning = quantisation ? ` (${scaleText(quantisation)})` : '';
  return printable(`${name}: ${dtype} ${shapeText(shape)}${extents}${meaning}`);
}
