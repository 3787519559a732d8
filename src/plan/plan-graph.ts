/** Graph → Plan: lowering, memory slots, parameters and distinct pipelines, all without a GPU. */
import { packParams, paramsBytes } from '../../shaders/lib/module.ts';
import { roundUp } from '../util/arrays.ts';
import { wgslScalar, type HostArray } from '../core/dtype.ts';
import { PlanError } from '../core/errors.ts';
import type { DeviceProfile } from '../core/limits.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Graph } from '../ir/graph.ts';
import type { Node } from '../ir/ops.ts';
import { descOf } from '../ir/rewrite.ts';
import type { CallOperand, KernelCall } from '../kernels/definition.ts';
import { bufferBytes, gpuBytes, lifetimes, liveBytesBound, type Storage } from './lifetimes.ts';
import { lowerGraph, type ForcedVariants } from './lower.ts';
import type { Plan, PlanBuffer, PlanPipeline, PlanPort, PlanStep, PlanWeight } from './plan.ts';
import { SlotAllocator } from './slots.ts';

/**
 * Plans a compiled graph (static shapes, explicit pads) for a device. Throws UnsupportedError listing every node
 * without a kernel, PlanError when a buffer exceeds the device's limits.
 */
export function planGraph(graph: Graph, device: DeviceProfile, forced: ForcedVariants = {}): Plan {
  return new Planner(graph, device).plan(forced);
}

/** State of one planning run. Buffers are numbered in the order: slots (known last), then weights; see `finish`. */
class Planner {
  readonly #graph: Graph;
  readonly #device: DeviceProfile;
  readonly #storages: Map<string, Storage>;
  readonly #slots = new SlotAllocator();
  /** Storage root → slot. */
  readonly #slotOf = new Map<string, number>();
  readonly #weightOf = new Map<Tensor, number>();
  readonly #weights: HostArray[] = [];
  readonly #pipelines = new Map<string, number>();
  readonly #pipelineList: PlanPipeline[] = [];
  readonly #steps: PlanStep[] = [];
  readonly #params: { offset: number; bytes: Uint8Array }[] = [];
  #paramsEnd = 0;

  constructor(graph: Graph, device: DeviceProfile) {
    this.#graph = graph;
    this.#device = device;
    this.#storages = lifetimes(graph);
  }

  plan(forced: ForcedVariants): Plan {
    const lowered = lowerGraph(this.#graph, this.#device, forced);
    for (const input of this.#graph.inputs) this.#acquire(input.name);
    this.#graph.nodes.forEach((node, i) => {
      const calls = lowered[i];
      if (calls !== undefined && calls !== 'view') this.#schedule(node, i, calls);
      this.#releaseAfter(node, i);
    });
    return this.#finish();
  }

  #schedule(node: Node, index: number, calls: readonly KernelCall[]): void {
    for (const output of node.outputs) if (output !== '') this.#acquire(output);
    const scratch = new Map<string, number>();
    calls.forEach((call, k) => {
      const label = calls.length === 1 ? node.name : `${node.name}#${k}`;
      const buffers = call.operands.map((operand) => this.#bufferOf(operand, scratch));
      if (buffers.length !== call.shader.bindings.length) {
        throw new PlanError(`${buffers.length} operands for ${call.shader.bindings.length} bindings`, {
          node: node.name,
        });
      }
      const bytes = paramsBytes(call.shader.params);
      const paramsOffset = bytes === 0 ? 0 : this.#addParams(packParams(call.shader.params, call.params));
      this.#steps.push({
        node: index,
        label,
        op: node.op,
        variant: call.variant,
        pipeline: this.#pipelineFor(call, `${node.op}/${call.variant}`),
        buffers,
        paramsOffset,
        paramsBytes: bytes,
        workgroups: call.workgroups,
      });
    });
    for (const slot of scratch.values()) this.#slots.release(slot);
  }

  #acquire(name: string): void {
    const storage = this.#storages.get(name);
    if (!storage || this.#slotOf.has(storage.root)) return;
    this.#checkSize(`value "${name}"`, storage.bytes);
    this.#slotOf.set(storage.root, this.#slots.acquire(storage.bytes));
  }

  #releaseAfter(node: Node, index: number): void {
    const roots = new Set([...node.inputs, ...node.outputs].map((name) => this.#storages.get(name)));
    for (const storage of roots) {
      if (!storage || storage.lastUse > index) continue;
      const slot = this.#slotOf.get(storage.root);
      if (slot !== undefined) this.#slots.release(slot);
    }
  }

  /** Negative numbers stand for weights until the number of slots is known: weight w is −1−w. */
  #bufferOf(operand: CallOperand, scratch: Map<string, number>): number {
    if (operand.kind === 'constant') return this.#weight(operand.tensor, 'a table of constants');
    if (operand.kind === 'value') return this.#valueBuffer(operand.name);
    const existing = scratch.get(operand.id);
    if (existing !== undefined) return existing;
    const bytes = bufferBytes(operand.elements);
    this.#checkSize(`scratch memory "${operand.id}"`, bytes);
    const slot = this.#slots.acquire(bytes);
    scratch.set(operand.id, slot);
    return slot;
  }

  #valueBuffer(name: string): number {
    const root = this.#storages.get(name)?.root ?? name;
    const constant = this.#graph.initializers.get(root);
    if (constant) return this.#weight(constant, `constant "${root}"`);
    const slot = this.#slotOf.get(root);
    if (slot === undefined) throw new PlanError(`value "${name}" has no buffer`);
    return slot;
  }

  #weight(tensor: Tensor, what: string): number {
    let index = this.#weightOf.get(tensor);
    if (index === undefined) {
      this.#checkSize(what, gpuBytes(tensor));
      index = this.#weights.push(toGpuArray(tensor)) - 1;
      this.#weightOf.set(tensor, index);
    }
    return -1 - index;
  }

  #checkSize(what: string, bytes: number): void {
    const limit = Math.min(this.#device.limits.maxStorageBufferBindingSize, this.#device.limits.maxBufferSize);
    if (bytes <= limit) return;
    throw new PlanError(`${what} takes ${bytes} bytes; this device binds at most ${limit}`, {
      hint: 'Use a smaller input or batch, or another adapter',
    });
  }

  #addParams(bytes: Uint8Array): number {
    const offset = this.#paramsEnd;
    this.#params.push({ offset, bytes });
    this.#paramsEnd = roundUp(offset + bytes.byteLength, this.#device.limits.minUniformBufferOffsetAlignment);
    return offset;
  }

  #pipelineFor({ shader }: KernelCall, label: string): number {
    const existing = this.#pipelines.get(shader.wgsl);
    if (existing !== undefined) return existing;
    const hasParams = paramsBytes(shader.params) > 0;
    const index = this.#pipelineList.push({ wgsl: shader.wgsl, bindings: shader.bindings, hasParams, label }) - 1;
    this.#pipelines.set(shader.wgsl, index);
    return index;
  }

  #finish(): Plan {
    const graph = this.#graph;
    // Outputs that are constants still need a buffer to be read back from.
    const outputs = graph.outputs.map((name) => this.#port(name));
    const inputs = graph.inputs.map(({ name }) => this.#port(name));
    const pinned = new Map(outputs.map((port) => [port.buffer, 'output' as const]));
    const fed = new Map(inputs.map((port) => [port.buffer, 'input' as const]));
    const sizes = this.#slots.sizes;
    const resolve = (buffer: number): number => (buffer < 0 ? sizes.length - 1 - buffer : buffer);
    const buffers: PlanBuffer[] = [
      ...sizes.map((bytes, i): PlanBuffer => ({ bytes, role: fed.get(i) ?? pinned.get(i) ?? 'slot' })),
      ...this.#weights.map((data): PlanBuffer => ({
        bytes: bufferBytes(data.length),
        role: 'weight',
      })),
    ];
    const weights = this.#weights.map((data, i): PlanWeight => ({ buffer: sizes.length + i, data }));
    const roots = new Set([...this.#slotOf.keys()].map((name) => this.#storages.get(name)));
    return {
      name: graph.name,
      inputs,
      outputs: outputs.map((port) => ({ ...port, buffer: resolve(port.buffer) })),
      buffers,
      weights,
      pipelines: this.#pipelineList,
      steps: this.#steps.map((step) => ({ ...step, buffers: step.buffers.map(resolve) })),
      params: this.#packedParams(),
      values: this.#valueBuffers(resolve),
      memory: {
        weights: weights.reduce((sum, w) => sum + w.data.byteLength, 0),
        activations: sizes.reduce((sum, bytes) => sum + bytes, 0),
        naive: [...roots].reduce((sum, storage) => sum + (storage?.bytes ?? 0), 0),
        lowerBound: liveBytesBound(graph, this.#storages),
      },
    };
  }

  #port(name: string): PlanPort {
    const { dtype, shape } = descOf(this.#graph, name);
    return { name, dtype, shape, buffer: this.#valueBuffer(name) };
  }

  #packedParams(): Uint8Array {
    const packed = new Uint8Array(this.#paramsEnd);
    for (const { offset, bytes } of this.#params) packed.set(bytes, offset);
    return packed;
  }

  #valueBuffers(resolve: (buffer: number) => number): Map<string, number> {
    const map = new Map<string, number>();
    for (const [name, storage] of this.#storages) {
      const slot = this.#slotOf.get(storage.root);
      if (slot !== undefined) map.set(name, resolve(slot));
    }
    return map;
  }
}

/** Elements as the GPU stores them: four bytes each. */
function toGpuArray({ dtype, data }: Tensor): HostArray {
  const scalar = wgslScalar(dtype);
  if (scalar === 'f32') return data;
  return scalar === 'u32' ? data : data instanceof Int32Array ? data : Int32Array.from(data);
}
