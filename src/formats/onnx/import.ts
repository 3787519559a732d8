/** The ONNX importer: bytes → ModelProto → graph, one table row per operator. */
import { ImportError, UnsupportedError } from '../../core/errors.ts';
import { onDemand } from '../../core/on-demand.ts';
import type { Graph, GraphInput } from '../../ir/graph.ts';
import { Pauses } from '../../util/pause.ts';
import type { ImportedModel, ImportOptions, ModelFiles } from '../importer.ts';
import { expectRows, translate } from '../lib/translate.ts';
import { locate } from '../locate.ts';
import { ImportContext } from './context.ts';
import { OnnxNode, type NamedNode } from './node.ts';
import { ONNX_OPERATORS } from './operators.ts';
import { decodeModel, type GraphProto, type ModelProto, type NodeProto, type ValueInfoProto } from './proto.ts';
import { isTensor, readPart, type ReadPart } from './read-part.ts';
import { dtypeOfTensor, isHeld, tensorFromProto } from './tensor.ts';
import type { readUncommon } from './uncommon.ts';

/** Reads an ONNX model. Rejects as `Importer.load` does. */
export async function loadOnnx(files: ModelFiles, options?: ImportOptions): Promise<ImportedModel> {
  try {
    return await load(files, options);
  } catch (error) {
    throw locate(error, files.main.name, 'onnx');
  }
}

/** Milliseconds between two turns of the event loop: what the engine fetches meanwhile goes on in them. */
const TURN_MS = 8;

async function load(files: ModelFiles, options?: ImportOptions): Promise<ImportedModel> {
  const pauses = new Pauses(undefined, TURN_MS);
  const file = files.main.name;
  const model = decodeModel(files.main.bytes, file);
  if (!model.graph) {
    throw new ImportError('there is no graph in this ONNX model', { file, hint: 'Download or export it again' });
  }
  const graph = isCommon(model, model.graph)
    ? readPart(model.graph)
    : await uncommon(model, model.graph, files, options);
  const context = new ImportContext(graph, { file, opset: opsetOf(model, graph, file) });
  const declared = new Map([...graph.inputs, ...graph.outputs].flatMap(declaredPort));
  const { warnings = [], complete } = graph;
  const imported = await importGraph(graph, context, pauses);
  return { graph: complete?.(imported) ?? imported, declared, metadata: metadataOf(model), warnings };
}

/** False of models that have anything of what `uncommon.ts` reads. */
function isCommon({ functions, metadata }: ModelProto, { nodes, initializers, inputs, outputs }: GraphProto): boolean {
  const constants = nodes.flatMap(({ attributes }) => attributes.flatMap(({ t }) => t ?? []));
  return (
    functions.length === 0 &&
    ![...metadata].some(([key]) => key.startsWith('tilewise.')) &&
    nodes.every((node) => isDefaultDomain(node) && !node.attributes.some(({ g }) => g)) &&
    [...initializers, ...constants].every(isHeld) &&
    inputs.every(({ dims, elemType }) => dims && dtypeOfTensor(elemType)) &&
    outputs.every(isTensor)
  );
}

async function uncommon(...given: Parameters<typeof readUncommon>): Promise<ReadPart> {
  return (await onDemand('reader of uncommon models', () => import('./uncommon.ts'))).readUncommon(...given);
}

/** An input or output as the file has it, by its name; nothing where its type is not one the engine holds. */
function declaredPort({ name, elemType, dims = [] }: ValueInfoProto): [string, GraphInput][] {
  const dtype = dtypeOfTensor(elemType);
  return dtype ? [[name, { name, dtype, shape: dims.map(({ value, param }) => value ?? param) }]] : [];
}

/** What the file says of itself: its own entries come before what its fields say under the same name. */
function metadataOf({ producer, producerVersion, domain, docString, metadata }: ModelProto): Map<string, string> {
  const fields = { producer: `${producer} ${producerVersion}`.trim(), domain, description: docString };
  return new Map([...Object.entries(fields).filter(([, text]) => text !== ''), ...metadata]);
}

/** Version of the default operator set; models of IR version 1 and 2, and those that do not use it, need not say. */
function opsetOf({ opsets, irVersion }: ModelProto, graph: GraphProto, file: string): number {
  const optional = irVersion < 3 || (opsets.size > 0 && !graph.nodes.some(isDefaultDomain));
  const version = opsets.get('') ?? (optional ? 1 : undefined);
  if (version === undefined || version < 1) {
    throw new ImportError('the model names no version of the ONNX operator set', {
      file,
      hint: 'The file is probably truncated: download or export it again',
    });
  }
  return version;
}

async function importGraph(graph: ReadPart, context: ImportContext, pauses: Pauses): Promise<Graph> {
  const nodes = graph.nodes.map((proto, i): NamedNode => {
    return { proto, name: context.nodeName(proto.name, proto.op, i), op: qualifiedName(proto) };
  });
  expectRows(nodes, ONNX_OPERATORS);
  for (const [name, value] of graph.constants ?? []) context.initializer(name, value);
  for (const proto of graph.initializers) {
    await pauses.maybe();
    const value = tensorFromProto(proto, context.file, () => context.clamped.add(proto.name));
    context.initializer(proto.name, value);
  }
  addInputs(graph, context);
  const needsFacts = ({ op, proto: { inputs } }: NamedNode): boolean =>
    op === 'Reshape' ? !context.constants.has(inputs[1] ?? '') : !Object.hasOwn(ONNX_OPERATORS.common, op);
  if (nodes.some(needsFacts)) {
    context.factsOf = (await onDemand('facts of values', () => import('./further-facts.ts'))).factsOf;
  }
  // Constants first: they may be listed after a node that needs their elements.
  const [first, others] = [nodes.filter(({ op }) => op === 'Constant'), nodes.filter(({ op }) => op !== 'Constant')];
  let refusal: UnsupportedError | undefined;
  try {
    await translate([...first, ...others], ONNX_OPERATORS, (node) => new OnnxNode(node, context), {
      unit: 'operator',
      found: graph.unsupported ?? [],
      putting: context.lacks,
      format: 'onnx',
    });
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    refusal = error;
  }
  if (refusal || context.clamped.size > 0) {
    const { refuseMissing } = await onDemand('explanations', () => import('./missing.ts'));
    refuseMissing(refusal, { ...graph, nodes }, context, [ONNX_OPERATORS.common, await ONNX_OPERATORS.further.load()]);
  }
  for (const output of graph.outputs) context.builder.output(output.name);
  return context.builder.build();
}

/** The operator's name, after that of its domain where it is not one of ONNX itself; with what is not common about it. */
function qualifiedName(node: NodeProto): string {
  if (!isDefaultDomain(node)) return `${node.domain}.${node.op}`;
  if (node.op === 'Pad' && node.inputs[3]) return 'Pad of axes';
  if (node.op === 'Dropout' && node.inputs[2]) return 'Dropout in training';
  return node.op === 'BatchNormalization' && trains(node) ? `${node.op} in training` : node.op;
}

/** Training gives statistics too; it is said by an attribute of some opsets, and else by there being more outputs. */
function trains({ attributes, outputs }: NodeProto): boolean {
  return (
    outputs.some((name, i) => i > 0 && name !== '') ||
    attributes.some(({ name, i }) => i !== undefined && i === TRAINS[name])
  );
}

/** What of an attribute means training. */
const TRAINS: Readonly<Record<string, number>> = { training_mode: 1, is_test: 0 };

function isDefaultDomain(node: NodeProto): boolean {
  return node.domain === '' || node.domain === 'ai.onnx';
}

/** Inputs that the engine does not hold were left out before, and told of. */
function addInputs(graph: ReadPart, context: ImportContext): void {
  for (const { name, elemType, dims = [] } of graph.inputs) {
    const dtype = dtypeOfTensor(elemType);
    if (!dtype) continue;
    const shape = dims.map((d, i) => {
      const known = d.value !== undefined && d.value > 0;
      if (known && !Number.isSafeInteger(d.value)) context.fail(`input "${name}" has an extent of ${d.value}`);
      return known ? (d.value ?? 0) : d.param || `${name}_dim${i}`;
    });
    context.builder.input(name, dtype, shape);
  }
}
