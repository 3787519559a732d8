/** How long each storage is needed. */
import { storedBytes } from '../core/dtype.ts';
import { elementCount, type TensorDesc } from '../core/tensor.ts';
import type { Graph } from '../ir/graph.ts';
import { roundUp } from '../util/arrays.ts';
import type { Arrangement } from './arrangement.ts';

/** Storage of one or more values: the one that owns it, and those that lie in it. */
export interface Storage {
  readonly root: string;
  readonly bytes: number;
  /** Index of the first node that writes it; −1 for inputs and constants. */
  born: number;
  /** Index of the last node that reads it; the node count when it leaves the graph. */
  lastUse: number;
}

/** Size of the buffer for so many elements, rounded up so that vec4 views fit. */
export function bufferBytes(elements: number, bytesPerElement: 2 | 4 = 4): number {
  return Math.max(16, roundUp(elements * bytesPerElement, 16));
}

/** Bytes a value takes on the GPU, as stored. */
export function gpuBytes({ dtype, shape }: TensorDesc): number {
  return bufferBytes(elementCount(shape), storedBytes(dtype));
}

/** The storage behind every value of the graph, with lifetimes in node indices. */
export function lifetimes(graph: Graph, arrangement: Arrangement): Map<string, Storage> {
  const storages = new Map<string, Storage>();
  const byRoot = new Map<string, Storage>();
  const meet = (name: string, index: number): void => {
    const root = arrangement.get(name)?.root;
    const owner = arrangement.get(root ?? '');
    if (root === undefined || !owner) return;
    let storage = byRoot.get(root);
    if (!storage) {
      storage = { root, bytes: gpuBytes(owner.desc), born: index, lastUse: index };
      byRoot.set(root, storage);
    }
    storages.set(name, storage);
    storage.lastUse = Math.max(storage.lastUse, index);
  };
  for (const { name } of graph.inputs) meet(name, -1);
  for (const name of graph.initializers.keys()) meet(name, -1);
  graph.nodes.forEach((node, i) => [...node.inputs, ...node.outputs].forEach((name) => meet(name, i)));
  for (const name of graph.outputs) meet(name, graph.nodes.length);
  return storages;
}

/** The largest sum of activation bytes that are live during one node: no assignment of slots can need less. */
export function liveBytesBound(graph: Graph, storages: ReadonlyMap<string, Storage>): number {
  const change = Array.from({ length: graph.nodes.length + 2 }, () => 0);
  const bump = (index: number, bytes: number): void => {
    change[index] = (change[index] ?? 0) + bytes;
  };
  for (const storage of new Set(storages.values())) {
    if (graph.initializers.has(storage.root)) continue;
    bump(Math.max(0, storage.born), storage.bytes);
    bump(Math.max(0, storage.lastUse) + 1, -storage.bytes);
  }
  let live = 0;
  let most = 0;
  for (const delta of change) {
    live += delta;
    most = Math.max(most, live);
  }
  return most;
}
