/** The ONNX importer: bytes → ModelProto → graph, one table row per operator. */
import { ImportError, UnsupportedError } from '../../core/errors.ts';
import type { Graph } from '../../ir/graph.ts';
import type { ModelFiles } from '../importer.ts';
import { locate } from '../locate.ts';
import { ImportContext } from './context.ts';
import { OnnxNode } from './node.ts';
import { importConstant } from './ops/constant.ts';
import { operatorsFor } from './operators.ts';
import type { OpTable } from './ops/table.ts';
import { decodeModel, type GraphProto, type ModelProto, type NodeProto, type ValueInfoProto } from './proto.ts';
import { dataTypeName, dtypeOf, readExternal, readTensor, type ExternalData } from './tensor.ts';

/** Operators that may take an int64 constant clamped to int32: the clamped number still means "to the end". */
const TAKES_CLAMPED = new Set(['Slice', 'Identity', 'Constant']);

/** Reads an ONNX model. Rejects as `Importer.load` does. */
export async function loadOnnx(files: ModelFiles): Promise<Graph> {
  try {
    return await load(files);
  } catch (error) {
    throw locate(error, files.main.name, 'onnx');
  }
}

async function load(files: ModelFiles): Promise<Graph> {
  const file = files.main.name;
  const model = decodeModel(files.main.bytes, file);
  const { graph } = model;
  if (!graph) {
    throw new ImportError('there is no graph in this ONNX model', { file, hint: 'Download or export it again' });
  }
  const constants = graph.nodes.flatMap((n) => n.attributes.flatMap((a) => (a.t ? [a.t] : [])));
  const external = await readExternal([...graph.initializers, ...constants], files);
  const operators = await operatorsFor(graph.nodes.filter((n) => !isConstant(n)).map(({ op }) => op));
  return importGraph(graph, new ImportContext(graph, file, opsetOf(model, graph, file)), operators, external);
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

function importGraph(graph: GraphProto, context: ImportContext, operators: OpTable, external: ExternalData): Graph {
  addInitializers(graph, context, external);
  addInputs(graph, context);
  const nodes = graph.nodes.map((proto, i) => ({ proto, name: context.nodeName(proto.name, proto.op, i) }));
  // Constants first: they may be listed after a node that needs their elements.
  const first = nodes.filter(({ proto }) => isConstant(proto));
  const others = nodes.filter(({ proto }) => !isConstant(proto));
  for (const { proto, name } of [...first, ...others]) importNode(proto, name, { context, operators, external });
  if (context.unsupported.length > 0) {
    throw new UnsupportedError(context.unsupported, {
      file: context.file,
      format: 'onnx',
      hint: 'Export the model without these, or simplify it first (for example with onnxsim)',
    });
  }
  for (const output of graph.outputs) context.builder.output(output.name);
  return context.builder.build();
}

function isConstant(node: NodeProto): boolean {
  return node.op === 'Constant' && isDefaultDomain(node);
}

function isDefaultDomain(node: NodeProto): boolean {
  return node.domain === '' || node.domain === 'ai.onnx';
}

function addInitializers(graph: GraphProto, context: ImportContext, external: ExternalData): void {
  for (const proto of graph.initializers) {
    if (!dtypeOf(proto.dataType)) {
      context.unsupported.push({ node: proto.name, op: 'initializer', what: dataTypeName(proto.dataType) });
      continue;
    }
    const value = readTensor(proto, context.file, external, () => context.clamped.add(proto.name));
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
    const dtype = dtypeOf(info.elemType);
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

/** What importing a node looks things up in. */
interface Sources {
  readonly context: ImportContext;
  readonly operators: OpTable;
  readonly external: ExternalData;
}

function importNode(proto: NodeProto, name: string, { context, operators, external }: Sources): void {
  const at = { node: name, op: isDefaultDomain(proto) ? proto.op : `${proto.domain}.${proto.op}` };
  try {
    const node = new OnnxNode(proto, name, context);
    const row = isDefaultDomain(proto) && Object.hasOwn(operators, proto.op) ? operators[proto.op] : undefined;
    if (isConstant(proto)) importConstant(node, external);
    else if (row) row(node);
    else return void context.unsupported.push({ ...at, what: 'operator' });
    const clamped = TAKES_CLAMPED.has(proto.op) ? [] : proto.inputs.filter((i) => context.clamped.has(i));
    for (const what of [...node.leftovers(), ...clamped.map((i) => `int64 beyond 32 bits in "${i}"`)]) {
      context.unsupported.push({ ...at, what });
    }
    if (clamped.length === 0 && proto.op === 'Identity' && context.clamped.has(proto.inputs[0] ?? '')) {
      context.clamped.add(proto.outputs[0] ?? '');
    }
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    context.unsupported.push(...error.items);
  }
}
