/** Graph models: a TensorFlow GraphDef and its weights become the engine's graph. */
import { GraphError, ImportError, UnsupportedError, type Unsupported } from '../../../core/errors.ts';
import { onDemand } from '../../../core/on-demand.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { GraphBuilder } from '../../../ir/builder.ts';
import type { ImportedModel, ImportOptions } from '../../importer.ts';
import { translate } from '../../lib/translate.ts';
import { field, isObject } from '../json.ts';
import type { ModelJson } from '../model-json.ts';
import { NodeContext, type TfGraph } from './context.ts';
import { CALL, CONTROL, parseNodes, type TensorRef, type TfNode } from './graph-def.ts';
import { TENSORFLOW_OPERATORS } from './operators.ts';
import { declaredPorts, findPorts, graphInput, type Ports } from './signature.ts';

/**
 * Imports the part of a graph model that its outputs need. Rejects with UnsupportedError naming every operator and
 * attribute the engine lacks, ImportError on a malformed node or a missing weight, GraphError on a cycle.
 */
export async function importGraphModel(
  model: ModelJson,
  fileWeights: ReadonlyMap<string, Tensor>,
  name: string,
  { inputShapes }: ImportOptions = {},
): Promise<Pick<ImportedModel, 'graph' | 'declared'>> {
  const inFile = parseNodes(model.topology);
  const declared = findPorts(inFile, model.signature, typeof inputShapes === 'function' ? undefined : inputShapes);
  if (declared.outputs.length === 0) throw new GraphError('the graph has no outputs', { format: 'tfjs-graph' });
  const inlined = await withoutCalls(field(model.topology, 'library'), inFile, fileWeights, declared);
  const found = inlined.ports;
  const { nodes, weights, found: refused } = await plainNodes(inlined.nodes, inlined.weights, found);
  const needed = reachable(nodes, found);
  const read = new Set(needed.map((n) => n.name));
  const ports = { ...found, inputs: found.inputs.filter((p) => p.listed || read.has(p.ref.node)) };
  const builder = new GraphBuilder(name);
  const names = new ValueNames(ports);
  builder.reserve([...needed.map((n) => n.name), ...names.all()]);
  const undeclared = declareInputs(builder, ports, nodes);
  const fed = new Set(ports.inputs.map((p) => p.ref.node));
  const graph: TfGraph = {
    nodes,
    weights,
    builder,
    nameOf: (ref) => names.of(ref),
    valueName: (ref) => {
      addWeight(builder, nodes.get(ref.node), weights, names.of(ref));
      return names.of(ref);
    },
  };
  const computed = needed.filter((n) => !fed.has(n.name) && n.op !== 'Const' && n.op !== 'NoOp' && !CONTROL.test(n.op));
  const options = { unit: 'operator', format: 'tfjs-graph', found: [...undeclared, ...refused] };
  await translate(computed, TENSORFLOW_OPERATORS, (node) => new NodeContext(graph, node), options);
  for (const port of ports.outputs) builder.output(outputOf(graph, names, port.name, port.ref));
  return { graph: builder.build(), declared: declaredPorts(ports, nodes) };
}

/** What is read of a file's nodes, and what was found that cannot be. */
interface PlainNodes {
  readonly nodes: ReadonlyMap<string, TfNode>;
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly found: readonly Unsupported[];
}

/** The functions that are called, written out, where there are any. Rejects as `inlineFunctions` throws. */
async function withoutCalls(
  library: unknown,
  nodes: ReadonlyMap<string, TfNode>,
  weights: ReadonlyMap<string, Tensor>,
  ports: Ports,
): Promise<Omit<PlainNodes, 'found'> & { readonly ports: Ports }> {
  const needed = reachable(nodes, ports);
  if (!isObject(library) && !needed.some(({ op }) => CALL.test(op))) return { nodes, weights, ports };
  const { inlineFunctions } = await onDemand('functions of graph models', () => import('./functions.ts'));
  return inlineFunctions(isObject(library) ? library : {}, nodes, weights, ports, needed);
}

/** Loops and lists as plain nodes, where there are any; where they cannot be, the rest is looked at all the same. */
async function plainNodes(
  nodes: ReadonlyMap<string, TfNode>,
  weights: ReadonlyMap<string, Tensor>,
  ports: Ports,
): Promise<PlainNodes> {
  if (!reachable(nodes, ports).some(({ op }) => CONTROL.test(op))) return { nodes, weights, found: [] };
  const { flatNodes } = await onDemand('unrolling of loops', () => import('./control-flow.ts'));
  try {
    return { ...flatNodes(nodes, weights, ports), found: [] };
  } catch (error) {
    if (error instanceof UnsupportedError) return { nodes, weights, found: error.items };
    throw error;
  }
}

/** Nodes the outputs depend on, in the model's order. Inputs end the search: what feeds them is not run. */
function reachable(nodes: ReadonlyMap<string, TfNode>, { inputs, outputs }: Ports): TfNode[] {
  const stop = new Set(inputs.map((p) => p.ref.node));
  const seen = new Set<string>();
  const queue = outputs.map((p) => p.ref.node);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    if (stop.has(name)) continue;
    for (const { node } of nodes.get(name)?.inputs ?? []) queue.push(node);
  }
  return [...nodes.values()].filter((n) => seen.has(n.name));
}

/** Declares the inputs; returns what keeps some from it. */
function declareInputs(builder: GraphBuilder, { inputs }: Ports, nodes: ReadonlyMap<string, TfNode>): Unsupported[] {
  return inputs.flatMap((port) => {
    try {
      const { name, dtype, shape } = graphInput(port, nodes.get(port.ref.node), inputs.length === 1);
      builder.input(name, dtype, shape);
      return [];
    } catch (error) {
      if (error instanceof UnsupportedError) return error.items;
      throw error;
    }
  });
}

/** What the engine calls each tensor: as the signature does, else `node` or `node:1`. */
class ValueNames {
  readonly #signed = new Map<string, string>();

  constructor({ inputs, outputs }: Ports) {
    for (const { name, ref } of [...outputs, ...inputs]) this.#signed.set(plain(ref), name);
  }

  of(ref: TensorRef): string {
    return this.#signed.get(plain(ref)) ?? plain(ref);
  }

  all(): Iterable<string> {
    return this.#signed.values();
  }
}

function plain({ node, index }: TensorRef): string {
  return index === 0 ? node : `${node}:${index}`;
}

/** Makes the initializer of a Const node when it is first read as a tensor: many are only read as attributes. */
function addWeight(
  builder: GraphBuilder,
  node: TfNode | undefined,
  weights: ReadonlyMap<string, Tensor>,
  value: string,
): void {
  if (node?.op !== 'Const' || builder.tensor(value)) return;
  const weight = weights.get(node.name);
  if (!weight) {
    throw new ImportError('no weight of this name is in the manifest', {
      format: 'tfjs-graph',
      node: node.name,
      op: node.op,
    });
  }
  builder.initializer(value, weight);
}

/** The value a port leaves by. The signature may name one tensor twice (`x`, `x:0`): the second is a copy. */
function outputOf(graph: TfGraph, names: ValueNames, name: string, ref: TensorRef): string {
  const value = graph.valueName(ref);
  return names.of(ref) === name ? value : graph.builder.one('Identity', [value], {}, { name, outputs: [name] });
}
