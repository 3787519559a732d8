/** Which values share storage, and how long each storage is needed. */
import { roundUp } from '../util/arrays.ts';
import { elementCount, type TensorDesc } from '../core/tensor.ts';
import type { Graph } from '../ir/graph.ts';
import { descOf } from '../ir/rewrite.ts';
import { KERNELS } from '../kernels/registry.ts';

/** Storage of one or more values with the same elements: the value that is written, and the views of it. */
export interface Storage {
  readonly root: string;
  readonly bytes: number;
  /** Index of the last node that reads it; the node count when it leaves the graph. */
  lastUse: number;
}

/** Size of the buffer for so many elements: four bytes each, rounded up so that vec4 views fit. */
export function bufferBytes(elements: number): number {
  return Math.max(16, roundUp(elements * 4, 16));
}

/** Bytes a value takes on the GPU. */
export function gpuBytes(desc: TensorDesc): number {
  return bufferBytes(elementCount(desc.shape));
}

/** The storage behind every value of the graph, with lifetimes in node indices. */
export function lifetimes(graph: Graph): Map<string, Storage> {
  const storages = new Map<string, Storage>();
  const own = (name: string, lastUse: number): void => {
    storages.set(name, { root: name, bytes: gpuBytes(descOf(graph, name)), lastUse });
  };
  for (const input of graph.inputs) own(input.name, -1);
  for (const [name, t] of graph.initializers) storages.set(name, { root: name, bytes: gpuBytes(t), lastUse: -1 });
  graph.nodes.forEach((node, i) => {
    for (const name of node.inputs) {
      const storage = storages.get(name);
      if (storage) storage.lastUse = Math.max(storage.lastUse, i);
    }
    const source = storages.get(node.inputs[0] ?? '');
    const isView = KERNELS[node.op].kind === 'view';
    for (const name of node.outputs) {
      if (name === '') continue;
      if (isView && source) storages.set(name, source);
      else own(name, i);
    }
  });
  for (const name of graph.outputs) {
    const storage = storages.get(name);
    if (storage) storage.lastUse = graph.nodes.length;
  }
  return storages;
}

/** The largest sum of activation bytes that are live during one node: no assignment of slots can need less. */
export function liveBytesBound(graph: Graph, storages: ReadonlyMap<string, Storage>): number {
  const change = Array.from({ length: graph.nodes.length + 2 }, () => 0);
  const bump = (index: number, bytes: number): void => {
    change[index] = (change[index] ?? 0) + bytes;
  };
  const seen = new Set<Storage>();
  const visit = (name: string, born: number): void => {
    const storage = storages.get(name);
    if (!storage || seen.has(storage) || graph.initializers.has(storage.root)) return;
    seen.add(storage);
    bump(born, storage.bytes);
    bump(Math.max(born, storage.lastUse) + 1, -storage.bytes);
  };
  for (const input of graph.inputs) visit(input.name, 0);
  graph.nodes.forEach((node, i) => node.outputs.forEach((name) => visit(name, i)));
  let live = 0;
  let most = 0;
  for (const delta of change) {
    live += delta;
    most = Math.max(most, live);
  }
  return most;
}
