/** The TensorFlow Lite importer: a flatbuffer → the engine's graph, one table row per operator. */
import type { Unsupported } from '../../core/errors.ts';
import { onDemand } from '../../core/on-demand.ts';
import { GraphBuilder } from '../../ir/builder.ts';
import type { Graph, Normalisation } from '../../ir/graph.ts';
import { at } from '../../util/arrays.ts';
import type { ImportedModel, ImportOptions, ModelFile, ModelFiles } from '../importer.ts';
import { translate } from '../lib/translate.ts';
import { locate } from '../locate.ts';
import { OperatorContext } from './context.ts';
import type { DescribedSubgraph, TfliteMetadata } from './metadata.ts';
import { QUANTISED_PREFIX, TfliteGraph, type NamedOperator } from './graph.ts';
import { readTflite, readSubgraph, type TfliteModel, type TfliteOperator } from './model.ts';
import { TFLITE_OPERATORS } from './operators.ts';
import {
  checkSignature,
  chosenSignature,
  graphInputs,
  keysOf,
  namesOf,
  subgraphPorts,
  type PortNames,
} from './ports.ts';

/** Reads a TensorFlow Lite model. Rejects as `Importer.load` does. */
export async function loadTflite({ main }: ModelFiles, options: ImportOptions = {}): Promise<ImportedModel> {
  try {
    return await load(main, options);
  } catch (error) {
    throw locate(error, main.name, 'tflite');
  }
}

async function load(
  main: ModelFile,
  { rounding = 'shipped', signature: wanted }: ImportOptions,
): Promise<ImportedModel> {
  const { name: file, bytes } = main;
  const model = readTflite(bytes, file);
  const { signature, subgraph: index } = chosenSignature(model.signatures, wanted, file);
  const subgraph = readSubgraph(model, index);
  if (signature) checkSignature(subgraph, signature);
  const names = namesOf(subgraph, signature);
  const builder = new GraphBuilder(subgraph.name || file);
  builder.reserve([...names.tensors, ...names.outputs]);
  const graph = new TfliteGraph(model, subgraph, names.tensors, {
    builder,
    file,
    rounding: rounding === 'reference' ? 'tfl-double' : 'xnnpack',
  });
  if (subgraph.tensors.some(({ sparsity }) => sparsity)) {
    graph.densify = (await onDemand('reader of sparse weights', () => import('./sparse.ts'))).denseTensor;
  }
  const { held: inputs, refused } = graphInputs(subgraph, names);
  for (const { name, dtype, shape } of inputs) builder.input(name, dtype, shape);
  await translateOperators(graph, refused);
  sayScales(graph, names);
  const outputs = subgraph.outputs.map((output) => at(subgraph.tensors, output).signature);
  const { metadata, warnings, labels, normalisations } = await about(model, { index, names, outputs }, main);
  const unread = wanted === undefined ? unreadSubgraphs(model, index) : [];
  return {
    graph: saying(withOutputs(graph, names), labels, normalisations),
    declared: subgraphPorts(subgraph, names, inputs),
    metadata,
    ...(signature ? { signature: signature.key } : {}),
    ...(model.signatures.length > 0 ? { signatures: keysOf(model.signatures) } : {}),
    ...(unread.length + warnings.length > 0 ? { warnings: [...unread, ...warnings] } : {}),
    ...(labels ? { labels } : {}),
  };
}

async function translateOperators(graph: TfliteGraph, found: readonly Unsupported[]): Promise<void> {
  const operators = graph.subgraph.operators.map((operator, i): NamedOperator => {
    const [first] = operator.outputs;
    const name = first === undefined ? graph.builder.unique(`${operator.op}_${i}`) : graph.nameOf(first);
    return { name, op: isQuantised(graph, operator) ? `${QUANTISED_PREFIX}${operator.op}` : operator.op, operator };
  });
  await translate(operators, TFLITE_OPERATORS, (named) => new OperatorContext(graph, named), {
    unit: 'operator',
    found,
    format: 'tflite',
  });
}

/** What computes with the real numbers that 8 bits stand for: without a scale it has no meaning, and its row says so. */
const COMPUTING =
  /^(ADD|SUB|MUL|SQUARED_DIFFERENCE|PRELU|ABS|RELU(6|_N1_TO_1|_0_TO_1)?|MEAN|SUM|FULLY_CONNECTED|BATCH_MATMUL)$/;

/** True of operators that compute with integers which stand for real numbers; constants alone do not make one of it. */
function isQuantised(graph: TfliteGraph, { op, inputs, outputs }: TfliteOperator): boolean {
  return [...inputs, ...outputs].some((index) => {
    if (index < 0 || graph.isConstant(index)) return false;
    const { type, quantisation } = graph.tensor(index);
    if (COMPUTING.test(op) && (type === 'int8' || type === 'uint8')) return true;
    return quantisation !== undefined && type !== 'int32';
  });
}

/** Says what integers that enter and leave stand for, where they have one scale. */
function sayScales({ builder, subgraph }: TfliteGraph, names: PortNames): void {
  const ports = [
    ...subgraph.inputs.map((index, i) => [index, at(names.inputs, i)] as const),
    ...subgraph.outputs.map((index, i) => [index, at(names.outputs, i)] as const),
  ];
  for (const [index, name] of ports) {
    const { scales = [], zeroPoints = [] } = at(subgraph.tensors, index).quantisation ?? {};
    const [scale, more] = scales;
    if (scale !== undefined && more === undefined) builder.scaled(name, { scale, zeroPoint: zeroPoints[0] ?? 0 });
  }
}

/** The graph, every output under its name. */
function withOutputs(graph: TfliteGraph, { outputs }: PortNames): Graph {
  const { builder, subgraph } = graph;
  subgraph.outputs.forEach((index, i) => {
    const [name, value] = [at(outputs, i), graph.value(index)];
    builder.output(name === value ? name : builder.one('Identity', [value], {}, { name, outputs: [name] }));
  });
  return builder.build();
}

/** The graph, with what the file says for whoever feeds it pictures and reads its scores. */
function saying(
  graph: Graph,
  labels: readonly string[] | undefined,
  normalisations: ReadonlyMap<string, Normalisation> = new Map(),
): Graph {
  const inputs = graph.inputs.map((input) => {
    const normalisation = normalisations.get(input.name);
    return normalisation ? { ...input, normalisation } : input;
  });
  return { ...graph, inputs, ...(labels ? { labels } : {}) };
}

/** What the file says beside its graph. */
async function about(
  model: TfliteModel,
  subgraph: DescribedSubgraph,
  file: ModelFile,
): Promise<Partial<TfliteMetadata> & Pick<TfliteMetadata, 'metadata' | 'warnings'>> {
  const { description, metadata: buffers } = model;
  const fields = new Map(description === '' ? [] : [['description', description]]);
  if (buffers.size === 0) return { metadata: fields, warnings: [] };
  const { readMetadata } = await onDemand('reader of metadata', () => import('./metadata.ts'));
  const found = await readMetadata(buffers, subgraph, file);
  return { ...found, metadata: new Map([...fields, ...found.metadata]) };
}

/** Says that there are other subgraphs than the one that is read, for a caller who chose none. */
function unreadSubgraphs({ subgraphs, signatures }: TfliteModel, index: number): string[] {
  const rest = subgraphs.length - 1;
  if (rest === 0) return [];
  const others = keysOf(signatures.filter(({ subgraph }) => subgraph !== index)).map((key) => `"${key}"`);
  const called = others.length > 0 ? `, of signatures ${others.join(', ')}: the option "signature" chooses one` : '';
  return [`${rest} of the file's ${rest + 1} subgraphs are not read${called}`];
}
