/** How long each buffer's worth of memory is needed, in steps. */
import { bufferBytes, valueBytes, type Stored } from '../core/storage.ts';
import { elementCount } from '../core/tensor.ts';
import { valuesThatLeave, type Graph } from '../ir/graph.ts';
import { scratchKey, valueKey } from '../ir/memory-keys.ts';
import type { Node } from '../ir/ops.ts';
import type { CallOperand, KernelCall } from '../kernels/definition.ts';
import { kernelsOf } from '../kernels/registry.ts';
import { roundUp } from '../util/arrays.ts';
import type { Arrangement } from './arrangement/arrange.ts';

/** One dispatch of a node. */
export interface ScheduledCall {
  readonly node: Node;
  /** Position of the node in the graph. */
  readonly position: number;
  readonly call: KernelCall;
  /** Positions of the node's first and last dispatch in the schedule. */
  readonly first: number;
  readonly end: number;
}

/** Memory that needs a buffer: of a value and those that lie in it, or scratch memory of a node. */
export interface Occupancy {
  /** For messages: what it is. */
  readonly what: string;
  readonly bytes: number;
  /** First step that touches it; −1 for inputs. */
  from: number;
  /** Last step that touches it; the number of steps when it leaves the graph. */
  to: number;
  /** Bytes that are first written at a step. A slice of a concatenation begins to exist before the rest of it. */
  readonly written: { readonly step: number; readonly bytes: number }[];
}

/** Bytes of the buffer that a value takes by itself. */
export function ownBytes({ storage, shape }: Stored): number {
  return bufferBytes(storage, elementCount(shape));
}

/** Names what an operand occupies; nothing for constants. */
export function occupancyKey(operand: CallOperand, position: number, arrangement: Arrangement): string | undefined {
  if (operand.kind === 'value') return valueKey(arrangement.get(operand.name)?.root ?? operand.name);
  return operand.kind === 'scratch' ? scratchKey(position, operand.id) : undefined;
}

/** Everything that needs a slot, by `occupancyKey`, in the order of first use. */
export function lifetimes(
  graph: Graph,
  arrangement: Arrangement,
  calls: readonly ScheduledCall[],
): Map<string, Occupancy> {
  const occupancies = new Map<string, Occupancy>();
  const touch = (key: string, what: string, bytes: number, step: number): Occupancy => {
    let found = occupancies.get(key);
    if (!found) occupancies.set(key, (found = { what, bytes, from: step, to: step, written: [] }));
    found.to = Math.max(found.to, step);
    return found;
  };
  const touchValue = (name: string, step: number): Occupancy | undefined => {
    const root = arrangement.get(name)?.root ?? name;
    const owner = arrangement.get(root);
    if (!owner || graph.initializers.has(root)) return undefined;
    return touch(valueKey(root), `value "${root}"`, ownBytes(owner), step);
  };
  const write = (memory: Occupancy | undefined, bytes: number, step: number): void => {
    memory?.written.push({ step, bytes });
  };
  for (const { name } of graph.inputs) write(touchValue(name, -1), Infinity, -1);
  calls.forEach(({ position, call, end }, step) => {
    call.operands.forEach((operand, k) => {
      const written = call.shader.bindings[k]?.access === 'read_write';
      if (operand.kind === 'value') {
        const memory = touchValue(operand.name, step);
        const value = arrangement.get(operand.name);
        if (written && value) {
          write(memory, valueBytes(value), step);
          // What looks at a node when it is done, finds all it wrote.
          touchValue(operand.name, end);
        }
      } else if (operand.kind === 'scratch') {
        const bytes = bufferBytes(operand.storage ?? 'f32', operand.elements);
        write(touch(scratchKey(position, operand.id), `scratch memory "${operand.id}"`, bytes, step), bytes, step);
      }
    });
  });
  for (const name of valuesThatLeave(graph)) touchValue(name, calls.length);
  return occupancies;
}

/**
 * The largest sum of bytes that are live during one step, scratch memory included: no assignment of slots can need less.
 * Of what several values lie in, counted is only what has been written so far.
 */
export function liveBytesBound(occupancies: Iterable<Occupancy>, steps: number): number {
  // One more at either end: inputs exist before the first step, outputs after the last.
  const change = Array.from({ length: steps + 3 }, () => 0);
  const bump = (step: number, bytes: number): void => {
    change[step + 1] = (change[step + 1] ?? 0) + bytes;
  };
  for (const { bytes, to, written, from } of occupancies) {
    let sum = 0;
    const rising = written.length > 0 ? written : [{ step: from, bytes }];
    for (const write of rising) {
      const next = Math.min(bytes, sum + roundUp(write.bytes, 16));
      bump(write.step, next - sum);
      sum = next;
    }
    bump(to + 1, -sum);
  }
  let live = 0;
  let most = 0;
  for (const delta of change) {
    live += delta;
    most = Math.max(most, live);
  }
  return most;
}

/** What one buffer for each value would take, those aside that only look at others. */
export function separateBytes(graph: Graph, arrangement: Arrangement): number {
  const results = graph.nodes.filter(({ op }) => kernelsOf(op).kind !== 'view').flatMap(({ outputs }) => outputs);
  const names = [...graph.inputs.map(({ name }) => name), ...results];
  return names.reduce((sum, name) => {
    const value = arrangement.get(name);
    return value ? sum + ownBytes(value) : sum;
  }, 0);
}

/** Storages that a dispatch binds along with one, by position. */
export interface Companions {
  /** Where it writes one of the two. */
  readonly apart: Set<number>;
  /** Where, besides, it binds one of them twice. */
  readonly never: Set<number>;
}

/** For everything that needs a slot, in their order, those that some dispatch binds along with it. */
export function companions(
  occupancies: ReadonlyMap<string, Occupancy>,
  arrangement: Arrangement,
  calls: readonly ScheduledCall[],
): Companions[] {
  const positions = new Map([...occupancies.keys()].map((key, i) => [key, i]));
  const all = [...occupancies].map((): Companions => ({ apart: new Set(), never: new Set() }));
  for (const { call, position } of calls) {
    const bound = call.operands.flatMap((operand, k) => {
      const index = positions.get(occupancyKey(operand, position, arrangement) ?? '');
      return index === undefined ? [] : [{ index, written: call.shader.bindings[k]?.access === 'read_write' }];
    });
    const twice = new Set(bound.map(({ index }) => index)).size < bound.length;
    for (const a of bound) {
      for (const b of bound) {
        if (a.index === b.index || !(a.written || b.written)) continue;
        all[a.index]?.apart.add(b.index);
        if (twice) all[a.index]?.never.add(b.index);
      }
    }
  }
  return all;
}
