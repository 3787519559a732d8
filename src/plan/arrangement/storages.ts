/** How each value is stored: as halves, or four to a word, where every kernel around it takes it so; statistics never. */
import { isFloat } from '../../core/dtype.ts';
import { lazy } from '../../core/on-demand.ts';
import { channelsOf } from '../../core/placement.ts';
import { isPacked, ownStorage, packedStorage, type Storage } from '../../core/storage.ts';
import type { TensorDesc } from '../../core/tensor.ts';
import { valuesThatLeave, type Graph } from '../../ir/graph.ts';
import type { Node, OpKind } from '../../ir/ops.ts';
import { descOf } from '../../ir/rewrite.ts';
import { at } from '../../util/arrays.ts';
import { inputTraits, type Dispatched, type OperandTraits } from '../../kernels/definition.ts';
import { kernelsOf } from '../../kernels/registry.ts';

/** Which values are no halves: to be loaded before anything is planned with halves. */
export const WIDE = lazy(() => import('./wide.ts'), 'wideValues');

/**
 * How each value is stored: floats as f16 where `halves`, int8, uint8 and bool four to a word; but in their own words where
 * a kernel around them does not take that, and where they enter or leave the graph, for callers have them in their own words.
 */
export function storagesOf(graph: Graph, halves: boolean): (name: string) => Storage {
  const own = new Set<string>();
  const views = new ViewClasses(graph);
  const small = (name: string): Storage | undefined => smallStorage(descOf(graph, name), halves);
  const takes = (node: Node, { packs }: Dispatched<OpKind>, { storage = [] }: OperandTraits, name: string): boolean => {
    const wanted = small(name);
    if (wanted === undefined || !storage.includes(wanted)) return false;
    return !isPacked(wanted) || packs?.(node) !== false;
  };
  const keepOwn = (name: string): void => void own.add(views.sourceOf(name));
  if (halves) WIDE.get()(graph).forEach(keepOwn);
  for (const { name } of graph.inputs) keepOwn(name);
  for (const name of valuesThatLeave(graph)) keepOwn(name);
  for (const node of graph.nodes) {
    const kernels = kernelsOf(node.op);
    if (kernels.kind === 'view') continue;
    const outputs = node.outputs.filter((name) => name !== '');
    if (kernels.kind === 'host') [...node.inputs, ...outputs].forEach(keepOwn);
    else {
      node.inputs.forEach((name, i) => {
        if (name !== '' && !takes(node, kernels, inputTraits(kernels, i), name)) keepOwn(name);
      });
      for (const name of outputs)
        if (!takes(node, kernels, kernels.outputs, name) || breaksWords(graph, node, name)) keepOwn(name);
    }
  }
  return (name) => {
    const desc = descOf(graph, name);
    const source = views.sourceOf(name);
    return (own.has(source) ? undefined : small(name)) ?? ownStorage(desc.dtype);
  };
}

function smallStorage({ dtype }: TensorDesc, halves: boolean): Storage | undefined {
  if (isFloat(dtype)) return halves ? 'f16' : undefined;
  return packedStorage(dtype);
}

/**
 * True when several dispatches would each write a part of a packed value, and some part does not come in whole words: its
 * rows are no multiple of four.
 */
function breaksWords(graph: Graph, node: Node, output: string): boolean {
  const kernels = kernelsOf(node.op);
  const packed = packedStorage(descOf(graph, output).dtype);
  if (!packed || kernels.kind !== 'dispatch' || kernels.moves?.whole !== 'output') return false;
  return [output, ...node.inputs].some((name) => channelsOf(descOf(graph, name).shape) % 4 !== 0);
}

/** Values that are views of each other, by the one they all come from. */
class ViewClasses {
  readonly #sources = new Map<string, string>();

  constructor({ nodes }: Graph) {
    for (const { op, inputs, outputs } of nodes) {
      if (kernelsOf(op).kind === 'view') this.#sources.set(at(outputs, 0), this.sourceOf(at(inputs, 0)));
    }
  }

  sourceOf(name: string): string {
    return this.#sources.get(name) ?? name;
  }
}
