/** Graph → Plan: lowering, memory slots, parameters and distinct pipelines, all without a GPU. */
import { packParams, paramsBytes, type ShaderModule } from '../../shaders/lib/module.ts';
import { storedBytes } from '../core/dtype.ts';
import { PlanError } from '../core/errors.ts';
import type { DeviceProfile } from '../core/limits.ts';
import { elementCount } from '../core/tensor.ts';
import type { Graph } from '../ir/graph.ts';
import type { Node } from '../ir/ops.ts';
import { descOf } from '../ir/rewrite.ts';
import type { CallOperand, KernelCall } from '../kernels/definition.ts';
import { roundUp } from '../util/arrays.ts';
import { arrange, type Arrangement } from './arrangement.ts';
import { ConstantBuffers } from './constants.ts';
import { bufferBytes, lifetimes, liveBytesBound, type Storage } from './lifetimes.ts';
import { lowerGraph, type Lowered, type VariantChoice } from './lower.ts';
import type { Plan, PlanBuffer, PlanPipeline, PlanPort, PlanStep, PlanValue } from './plan.ts';
import { SlotAllocator } from './slots.ts';

/** How a graph is planned. */
export interface PlanOptions extends VariantChoice {}

/**
 * Plans a compiled graph (static shapes, explicit pads) for a device. Throws UnsupportedError listing every node
 * without a kernel, PlanError when a buffer exceeds the device's limits.
 */
export function planGraph(graph: Graph, device: DeviceProfile, options: PlanOptions = {}): Plan {
  const arrangement = arrange(graph);
  return new Planner(graph, device, arrangement).plan(lowerGraph(graph, device, arrangement, options));
}

/** State of one planning run. Buffers are numbered in the order: slots (known last), then constants; see `finish`. */
class Planner {
  readonly #graph: Graph;
  readonly #device: DeviceProfile;
  readonly #arrangement: Arrangement;
  readonly #storages: Map<string, Storage>;
  readonly #constants: ConstantBuffers;
  readonly #slots = new SlotAllocator();
  /** Storage root → slot. */
  readonly #slotOf = new Map<string, number>();
  readonly #pipelines = new Map<string, number>();
  readonly #pipelineList: PlanPipeline[] = [];
  readonly #steps: PlanStep[] = [];
  readonly #params: { offset: number; bytes: Uint8Array }[] = [];
  #paramsEnd = 0;

  constructor(graph: Graph, device: DeviceProfile, arrangement: Arrangement) {
    this.#graph = graph;
    this.#device = device;
    this.#arrangement = arrangement;
    this.#storages = lifetimes(graph, arrangement);
    this.#constants = new ConstantBuffers((what, bytes) => this.#checkSize(what, bytes));
  }

  plan(lowered: readonly Lowered[]): Plan {
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
      const pipeline = { op: node.op, variant: call.variant };
      const operandBytes = call.operands.map((operand) => this.#bytesOf(operand));
      this.#steps.push({ node: index, label, ...pipeline, ...this.#dispatch(call, pipeline), buffers, operandBytes });
    });
    for (const slot of scratch.values()) this.#slots.release(slot);
  }

  /** What a step and a preparation have in common. */
  #dispatch(
    { shader, params, workgroups }: Pick<KernelCall, 'shader' | 'params' | 'workgroups'>,
    { op, variant }: { op: string; variant: string },
  ): Omit<PlanStep, 'node' | 'label' | 'op' | 'variant' | 'buffers' | 'operandBytes'> {
    const bytes = paramsBytes(shader.params);
    const paramsOffset = bytes === 0 ? 0 : this.#addParams(packParams(shader.params, params));
    return { pipeline: this.#pipelineFor(shader, `${op}/${variant}`), paramsOffset, paramsBytes: bytes, workgroups };
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

  /** Negative numbers stand for constants until the number of slots is known: constant w is −1−w. */
  #bufferOf(operand: CallOperand, scratch: Map<string, number>): number {
    if (operand.kind === 'constant') return -1 - this.#constants.weight(operand.tensor, 'a table of constants');
    if (operand.kind === 'prepared') return -1 - this.#constants.prepared(operand);
    if (operand.kind === 'value') return this.#valueBuffer(operand.name);
    const existing = scratch.get(operand.id);
    if (existing !== undefined) return existing;
    const bytes = bufferBytes(operand.elements, storedBytes(operand.dtype ?? 'float32'));
    this.#checkSize(`scratch memory "${operand.id}"`, bytes);
    const slot = this.#slots.acquire(bytes);
    scratch.set(operand.id, slot);
    return slot;
  }

  #valueBuffer(name: string): number {
    const root = this.#storages.get(name)?.root ?? name;
    const constant = this.#graph.initializers.get(root);
    const dtype = this.#arrangement.get(root)?.desc.dtype;
    if (constant) return -1 - this.#constants.weight(constant, `constant "${root}"`, dtype);
    const slot = this.#slotOf.get(root);
    if (slot === undefined) throw new PlanError(`value "${name}" has no buffer`);
    return slot;
  }

  /** What a dispatch that touches every element once moves for this operand. */
  #bytesOf(operand: CallOperand): number {
    if (operand.kind === 'value') {
      const desc = this.#arrangement.get(operand.name)?.desc;
      return desc ? elementCount(desc.shape) * storedBytes(desc.dtype) : 0;
    }
    if (operand.kind === 'constant') return elementCount(operand.tensor.shape) * storedBytes(operand.tensor.dtype);
    return operand.elements * storedBytes(operand.dtype ?? 'float32');
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

  #pipelineFor(shader: ShaderModule, label: string): number {
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
    const constants = this.#constants.buffers;
    const buffers: PlanBuffer[] = [
      ...sizes.map((bytes, i): PlanBuffer => ({ bytes, role: fed.get(i) ?? pinned.get(i) ?? 'slot' })),
      ...constants,
    ];
    const roots = new Set([...this.#slotOf.keys()].map((name) => this.#storages.get(name)));
    // Before the pipelines and the parameters are read: it adds its own.
    const prepare = this.#preparations(resolve);
    return {
      name: graph.name,
      inputs,
      outputs: outputs.map((port) => ({ ...port, buffer: resolve(port.buffer) })),
      buffers,
      weights: this.#constants.weights.map((w) => ({ ...w, buffer: resolve(-1 - w.buffer) })),
      prepare,
      pipelines: this.#pipelineList,
      steps: this.#steps.map((step) => ({ ...step, buffers: step.buffers.map(resolve) })),
      params: this.#packedParams(),
      values: this.#placedValues(resolve),
      memory: {
        weights: constants.reduce((sum, { bytes, role }) => (role === 'source' ? sum : sum + bytes), 0),
        activations: sizes.reduce((sum, bytes) => sum + bytes, 0),
        naive: [...roots].reduce((sum, storage) => sum + (storage?.bytes ?? 0), 0),
        lowerBound: liveBytesBound(graph, this.#storages),
      },
    };
  }

  #preparations(resolve: (buffer: number) => number): PlanStep[] {
    return this.#constants.preparations.map(({ operand, source, result }) => ({
      node: -1,
      label: operand.key,
      op: 'Prepare',
      variant: operand.key,
      ...this.#dispatch(operand, { op: 'Prepare', variant: operand.key }),
      buffers: [source, result].map((constant) => resolve(-1 - constant)),
      operandBytes: [elementCount(operand.source.shape) * 4, this.#bytesOf(operand)],
    }));
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

  #placedValues(resolve: (buffer: number) => number): Map<string, PlanValue> {
    const map = new Map<string, PlanValue>();
    for (const [name, { root, desc, placement }] of this.#arrangement) {
      const slot = this.#slotOf.get(root);
      if (slot !== undefined) map.set(name, { buffer: resolve(slot), desc, placement });
    }
    return map;
  }
}
