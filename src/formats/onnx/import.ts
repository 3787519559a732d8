/** The ONNX importer: bytes → ModelProto → graph, one table row per operator. */
import { ImportError } from '../../core/errors.ts';
import { onDemand } from '../../core/on-demand.ts';
import type { Graph, GraphInput } from '../../ir/graph.ts';
import type { ImportedModel, ModelFiles } from '../importer.ts';
import { translate } from '../lib/translate.ts';
import { locate } from '../locate.ts';
import { ImportContext } from './context.ts';
import { OnnxNode, type NamedNode } from './node.ts';
import { ONNX_OPERATORS } from './operators.ts';
import { decodeModel, type GraphProto, type ModelProto, type NodeProto, type ValueInfoProto } from './proto.ts';
import { dataTypeName, dtypeOfTensor, tensorFromProto } from './tensor.ts';

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
  const { graph } = model;
  if (!graph) {
    throw new ImportError('there is no graph in this ONNX model', { file, hint: 'Download or export it again' });
  }
  const constants = graph.nodes.flatMap((n) => n.attributes.flatMap((a) => (a.t ? [a.t] : [])));
  const external = [...graph.initializers, ...constants].filter((t) => t.external);
  if (external.length > 0) {
    const { attachExternal } = await onDemand('reader of external data', () => import('./external.ts'));
    await attachExternal(external, files);
  }
  const context = new ImportContext(graph, { file, opset: opsetOf(model, graph, file) });
  const declared = new Map([...graph.inputs, ...graph.outputs].flatMap(declaredPort));
  return { graph: await importGraph(graph, context), declared, metadata: metadataOf(model) };
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

async function importGraph(graph: GraphProto, context: ImportContext): Promise<Graph> {
  addInitializers(graph, context);
  addInputs(graph, context);
  const nodes = graph.nodes.map((proto, i): NamedNode => {
    return { proto, name: context.nodeName(proto.name, proto.op, i), op: qualifiedName(proto) };
  });
  // Constants first: they may be listed after a node that needs their elements.
  const [first, others] = [nodes.filter(({ op }) => op === 'Constant'), nodes.filter(({ op }) => op !== 'Constant')];
  await translate([...first, ...others], ONNX_OPERATORS, (node) => new OnnxNode(node, context), {
    unit: 'operator',
    found: context.unsupported,
    format: 'onnx',
    hint: 'Export the model without these, or simplify it first (for example with onnxsim)',
  });
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

function addInitializers(graph: GraphProto, context: ImportContext): void {
  for (const proto of graph.initializers) {
    if (!dtypeOfTensor(proto.dataType)) {
      context.unsupported.push({ node: proto.name, op: 'initializer', what: dataTypeName(proto.dataType) });
      continue;
    }
    const value = tensorFromProto(proto, context.file, () => context.clamped.add(proto.name));
    context.initializer(proto.name, value);
  }
  if (graph.sparseInitializers > 0) {
    context.unsupported.push({ node: 'graph', op: 'initializer', what: `${graph.sparseInitializers} sparse tensors` });
  }
}

/** Up to IR version 3 initializers are listed among the inputs too; they are no inputs. */
function addInputs(graph: GraphProto, context: ImportContext): void {
  const initialized = new Set(graph.initializers.map((t) => t.name));
  for (const info of graph.inputs) {
    if (initialized.has(info.name)) continue;
    const dtype = dtypeOfTensor(info.elemType);
    const problem = inputProblem(info, dtype !== undefined);
    if (problem !== '' || dtype === undefined) {
      context.unsupported.push({ node: info.name, op: 'input', what: problem });
      continue;
    }
    const dims = info.dims ?? [];
    const shape = dims.map((d, i) => {
      const known = d.value !== undefined && d.value > 0;
      if (known && !Number.isSafeInteger(d.value)) context.fail(`input "${info.name}" has an extent of ${d.value}`);
      return known ? (d.value ?? 0) : d.param || `${info.name}_dim${i}`;
    });
    context.builder.input(info.name, dtype, shape);
  }
}

function inputProblem(info: ValueInfoProto, known: boolean): string {
  if (info.other !== undefined) return info.other;
  if (!known) return dataTypeName(info.elemType);
  return info.dims ? '' : 'no shape is declared';
}
