/**
 * Walks through a plan without a GPU: every element of every value has an identity, which data movement keeps and other
 * operators make anew, and memory is followed two bytes at a time. What a step reads must still be there.
 */
import { bytesOf } from '../../src/core/storage.ts';
import type { DeviceProfile } from '../../src/core/limits.ts';
import { channelAddress, channelsOf } from '../../src/core/placement.ts';
import { elementCount, tensorOf, type Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/ir/graph.ts';
import type { Node } from '../../src/ir/ops.ts';
import { kernelsOf } from '../../src/kernels/registry.ts';
import { arrange, contextOf } from '../../src/plan/arrangement/arrange.ts';
import type { Plan, PlanStep } from '../../src/plan/plan.ts';
import { runNode } from '../../src/runtime/cpu/run.ts';
import { at, range } from '../../src/util/arrays.ts';

const MOVEMENT = new Set(['Concat', 'Split', 'Slice', 'ChannelShuffle', 'Transpose', 'Expand', 'Tile']);

/** Throws on the first element that is not where a step, or the reader of an output, would look for it. */
export function simulate(
  graph: Graph,
  plan: Plan,
  device: DeviceProfile,
  options: { readonly float16?: boolean } = {},
): void {
  new Memory(graph, plan, device, options).run();
}

class Memory {
  readonly #graph: Graph;
  readonly #plan: Plan;
  readonly #device: DeviceProfile;
  readonly #arrangement: ReturnType<typeof arrange>;
  /** Identities of each value's elements. */
  readonly #ids = new Map<string, Tensor>();
  /** Contents of the buffers, two bytes an entry. */
  readonly #cells: Int32Array[];
  #next = 1;

  constructor(graph: Graph, plan: Plan, device: DeviceProfile, options: { readonly float16?: boolean }) {
    this.#graph = graph;
    this.#plan = plan;
    this.#device = device;
    this.#arrangement = arrange(graph, device, options);
    this.#cells = plan.buffers.map(({ bytes }) => new Int32Array(bytes / 2));
  }

  run(): void {
    for (const name of this.#graph.initializers.keys()) this.#fresh(name);
    for (const { name } of this.#graph.inputs) {
      this.#fresh(name);
      this.#write(name, () => true);
    }
    let next = 0;
    for (const [position, node] of this.#graph.nodes.entries()) {
      this.#identify(node);
      const steps: PlanStep[] = [];
      while (this.#plan.steps[next]?.node === position) steps.push(at(this.#plan.steps, next++));
      const checked = new Set<string>();
      for (const step of steps) this.#run(step, node, checked);
      // What was not copied must be there as well.
      for (const name of node.outputs) this.#check(name, `${node.op} "${node.name}" leaves`);
    }
    for (const name of this.#graph.outputs) this.#check(name, 'the graph leaves');
  }

  #fresh(name: string): void {
    const { shape } = at([this.#graph.values.get(name)], 0) ?? { shape: [] };
    const ids = range(elementCount(shape)).map(() => this.#next++);
    this.#ids.set(name, tensorOf('int32', shape, ids));
  }

  #identify(node: Node): void {
    if (kernelsOf(node.op).kind !== 'view' && !MOVEMENT.has(node.op)) {
      for (const name of node.outputs) if (name !== '') this.#fresh(name);
      return;
    }
    // Shapes and bounds must be themselves; what is moved is moved as identities.
    const moved = node.op === 'Concat' ? node.inputs : node.inputs.slice(0, 1);
    const operands = new Map<string, Tensor>();
    node.inputs.forEach((name, i) => {
      const tensor = moved.includes(name) && (i === 0 || node.op === 'Concat') ? this.#ids : this.#graph.initializers;
      const found = tensor.get(name);
      if (found) operands.set(name, found);
    });
    const values = new Map(
      [...this.#graph.values].map(([name, { shape }]) => [name, { dtype: 'int32' as const, shape }]),
    );
    runNode(node, operands, values).forEach((tensor, i) => this.#ids.set(at(node.outputs, i), tensor));
  }

  #run(step: PlanStep, node: Node, checked: Set<string>): void {
    const bound = new Set(step.buffers);
    const context = contextOf(this.#graph, node, this.#device, this.#arrangement);
    for (const name of new Set(node.inputs)) {
      const value = this.#plan.values.get(name);
      if (!value || !bound.has(value.buffer) || checked.has(name)) continue;
      checked.add(name);
      this.#check(name, `${node.op} "${node.name}" reads`);
    }
    const { bindings } = at(this.#plan.pipelines, step.pipeline);
    step.buffers.forEach((buffer, i) => {
      if (bindings[i]?.access !== 'read_write') return;
      const outputs = node.outputs.filter((name) => this.#plan.values.get(name)?.buffer === buffer);
      // An operand may be bound for writing only because another of its buffer is written.
      const isInput = node.inputs.some((name) => this.#plan.values.get(name)?.buffer === buffer);
      // Scratch memory: whatever is in it.
      if (outputs.length === 0 && !isInput) {
        const { cells, start } = this.#part(buffer);
        cells.fill(0, start, start + Math.ceil(at(step.operandBytes, i) / 2));
      }
      for (const name of outputs) {
        const output = node.outputs.indexOf(name);
        // What a copy finds in place it leaves alone; other operators overwrite what they share.
        const inPlace = node.inputs.filter((_, k) => MOVEMENT.has(node.op) && context.shares(k, output));
        const kept = new Set(inPlace.flatMap((input) => this.#cellsOf(input)?.addresses ?? []));
        this.#write(name, (address) => !kept.has(address));
      }
    });
  }

  /** Two-byte cells of a buffer, or of the one it is part of. */
  #part(buffer: number): { cells: Int32Array; start: number } {
    const { within } = at(this.#plan.buffers, buffer);
    return { cells: at(this.#cells, within?.buffer ?? buffer), start: (within?.offset ?? 0) / 2 };
  }

  #cellsOf(name: string): { cells: Int32Array; width: number; addresses: number[] } | undefined {
    const value = this.#plan.values.get(name);
    if (!value) return undefined;
    const { placement, shape, storage, buffer } = value;
    const channels = channelsOf(shape);
    const width = bytesOf(storage, 1) / 2;
    const { cells, start } = this.#part(buffer);
    const addresses = range(elementCount(shape)).map((i) => {
      return start + (Math.floor(i / channels) * placement.pitch + channelAddress(placement, i % channels)) * width;
    });
    return { cells, width, addresses };
  }

  #write(name: string, written: (address: number) => boolean): void {
    const place = this.#cellsOf(name);
    const ids = this.#ids.get(name);
    if (!place || !ids) return;
    place.addresses.forEach((address, i) => {
      if (written(address)) place.cells.fill(at(ids.data, i), address, address + place.width);
    });
  }

  #check(name: string, what: string): void {
    const place = this.#cellsOf(name);
    const ids = this.#ids.get(name);
    if (!place || !ids) return;
    place.addresses.forEach((address, i) => {
      for (const cell of range(place.width)) {
        if (place.cells[address + cell] === ids.data[i]) continue;
        throw new Error(
          `${what} element ${i} of "${name}", which is not at ${address * 2} of @${this.#plan.values.get(name)?.buffer}`,
        );
      }
    });
  }
}

/** Steps that WebGPU would refuse: one buffer bound both for reading and writing, or overlapping parts written. */
export function conflicts(plan: Plan): string[] {
  return plan.steps.flatMap((step) => {
    const { bindings } = at(plan.pipelines, step.pipeline);
    const bound = step.buffers.map((buffer, i) => {
      const { bytes, within } = at(plan.buffers, buffer);
      const from = within?.offset ?? 0;
      return { owner: within?.buffer ?? buffer, from, to: from + bytes, write: bindings[i]?.access === 'read_write' };
    });
    const refused = bound.some((a, i) =>
      bound.slice(0, i).some((b) => {
        if (a.owner !== b.owner || !(a.write || b.write)) return false;
        return a.write !== b.write || (a.from < b.to && b.from < a.to);
      }),
    );
    return refused ? [step.label] : [];
  });
}
