/** The ONNX importer: bytes → ModelProto → graph, one table row per operator. */
import { ImportError, UnsupportedError } from '../../core/errors.ts';
import { onDemand } from '../../core/on-demand.ts';
import type { Graph, GraphInput } from '../../ir/graph.ts';
import type { ImportedModel, ModelFiles } from '../importer.ts';
import { translate } from '../lib/translate.ts';
import { locate } from '../locate.ts';
import { ImportContext } from './context.ts';
import { OnnxNode, type NamedNode } from './node.ts';
import { ONNX_OPERATORS } from './operators.ts';
import { decodeModel, type GraphProto, type ModelProto, type NodeProto, type ValueInfoProto } from './proto.ts';
import { readPart, type ReadPart } from './read-part.ts';
import { dataTypeName, dtypeOfTensor, isHeld, tensorFromProto } from './tensor.ts';

/** Reads an ONNX model. Rejects as `Importer.load` does. */
export async function loadOnnx(files: ModelFiles): Promise<ImportedModel> {
  try {
    return await load(files);
  } catch (error) {
    throw locate(error, files.main.name, 'onnx');
  }
}

async function load(files: ModelFiles): Promise<ImportedModel> {
  const file = files.main.name;
  const model = decodeModel(files.main.bytes, file);
  if (!model.graph) {
    throw new ImportError('there is no graph in this ONNX model', { file, hint: 'Download or export it again' });
  }
  const warnings: string[] = [];
  const called = await withoutFunctions(model, model.graph, file);
  const branches = called.nodes.some(({ op }) => op === 'If')
    ? await onDemand('reader of branches', () => import('./branches.ts'))
    : undefined;
  const flat = branches?.withoutBranches(called) ?? called;
  const graph = readPart(await withKnownOutputs(flat, warnings));
  const constants = graph.nodes.flatMap((n) => n.attributes.flatMap((a) => (a.t ? [a.t] : [])));
  const external = [...graph.initializers, ...constants].filter((t) => t.external);
  if (external.length > 0) {
    const { attachExternal } = await onDemand('reader of external data', () => import('./external.ts'));
    await attachExternal(external, files);
  }
  const context = new ImportContext(graph, { file, opset: opsetOf(model, graph, file), warnings });
  if (branches) context.lacks = new branches.Lacks();
  const declared = new Map([...graph.inputs, ...graph.outputs].flatMap(declaredPort));
  return { graph: await importGraph(graph, context), declared, metadata: metadataOf(model), warnings };
}

async function withoutFunctions(model: ModelProto, graph: GraphProto, file: string): Promise<GraphProto> {
  if (model.functions.length === 0) return graph;
  const { withoutCalls } = await onDemand('reader of functions', () => import('./functions.ts'));
  return withoutCalls(graph, model, file);
}

/** The graph with outputs that the engine can give; see `heads.ts`. */
async function withKnownOutputs(graph: GraphProto, warnings: string[]): Promise<GraphProto> {
  const odd = graph.outputs.some(
    ({ elemType, other }) => other !== undefined || (elemType > 0 && !dtypeOfTensor(elemType)),
  );
  if (!odd && graph.nodes.every(isDefaultDomain)) return graph;
  const { withTensorOutputs } = await onDemand('reader of outputs', () => import('./heads.ts'));
  const further = await ONNX_OPERATORS.further.load();
  return withTensorOutputs(graph, (op) => Object.hasOwn(further, op), warnings);
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

async function importGraph(graph: ReadPart, context: ImportContext): Promise<Graph> {
  const { initializers, nodes: protos } = await withoutOddConstants(graph, context);
  for (const proto of initializers) {
    const value = tensorFromProto(proto, context.file, () => context.clamped.add(proto.name));
    context.initializer(proto.name, value);
  }
  addInputs(graph, context);
  const nodes = protos.map((proto, i): NamedNode => {
    return { proto, name: context.nodeName(proto.name, proto.op, i), op: qualifiedName(proto) };
  });
  if (nodes.some(({ op }) => op === 'Shape' || !Object.hasOwn(ONNX_OPERATORS.common, op))) {
    context.lengthOf = (await onDemand('lengths of lists', () => import('./lengths.ts'))).lengthOf;
  }
  // Constants first: they may be listed after a node that needs their elements.
  const [first, others] = [nodes.filter(({ op }) => op === 'Constant'), nodes.filter(({ op }) => op !== 'Constant')];
  try {
    await translate([...first, ...others], ONNX_OPERATORS, (node) => new OnnxNode(node, context), {
      unit: 'operator',
      found: context.unsupported,
      putting: context.lacks,
      format: 'onnx',
    });
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    const { explained } = await onDemand('explanations', () => import('./missing.ts'));
    throw explained(error, nodes, [ONNX_OPERATORS.common, await ONNX_OPERATORS.further.load()]);
  }
  for (const output of graph.outputs) context.builder.output(output.name);
  return context.builder.build();
}

/** The operator's name, after that of its domain where it is not one of ONNX itself. */
function qualifiedName(node: NodeProto): string {
  return isDefaultDomain(node) ? node.op : `${node.domain}.${node.op}`;
}

function isDefaultDomain(node: NodeProto): boolean {
  return node.domain === '' || node.domain === 'ai.onnx';
}

/** Adds the constants of element types that the engine does not hold, where it can; see `odd-types.ts`. */
async function withoutOddConstants(
  graph: ReadPart,
  context: ImportContext,
): Promise<Pick<GraphProto, 'initializers' | 'nodes'>> {
  const constants = graph.nodes.flatMap(({ op, attributes }) =>
    op === 'Constant' ? attributes.map(({ t }) => t) : [],
  );
  if (![...graph.initializers, ...constants].some((t) => t && !isHeld(t))) return graph;
  const { readOddConstants } = await onDemand('reader of element types', () => import('./odd-types.ts'));
  const { constants: values, unsupported, ...rest } = readOddConstants(graph, context.file);
  for (const [name, value] of values) context.initializer(name, value);
  context.unsupported.push(...unsupported);
  return rest;
}

/** Up to IR version 3 initializers are listed among the inputs too; they are no inputs. */
function addInputs(graph: ReadPart, context: ImportContext): void {
  for (const info of graph.inputs) {
    if (context.isDefined(info.name)) continue;
    const dtype = dtypeOfTensor(info.elemType);
    const problem = inputProblem(info, dtype !== undefined);
    if (problem !== '' || dtype === undefined) {
      if (context.isUsed(info.name)) context.unsupported.push({ node: info.name, op: 'input', what: problem });
      else context.warnings.push(`input "${info.name}" (${problem}) is left out: nothing reads it`);
      continue;
    }
    const dims = info.dims ?? [];
    const shape = dims.map((d, i) => {
      const known = d.value !== undefined && d.value > 0;
      if (known && !Number.isSafeInteger(d.value)) context.fail(`input "${info.name}" has an extent of ${d.value}`);
      return known ? (d.value ?? 0) : d.param || `${info.name}_dim${i}`;
    });
    context.input(info.name, dtype, shape);
  }
}

function inputProblem(info: ValueInfoProto, known: boolean): string {
  if (info.other !== undefined) return info.other;
  if (!known) return dataTypeName(info.elemType);
  return info.dims ? '' : 'no shape is declared';
}
