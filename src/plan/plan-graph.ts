/** Graph → Plan: lowering, memory slots, parameters and distinct pipelines, all without a GPU. */
import { bindForWriting, packParams, paramsBytes, type ShaderModule } from '../../shaders/lib/module.ts';
import { PlanError } from '../core/errors.ts';
import type { DeviceProfile } from '../core/limits.ts';
import { bytesOf, ownStorage, valueBytes } from '../core/storage.ts';
import { elementCount } from '../core/tensor.ts';
import type { Graph } from '../ir/graph.ts';
import { descOf } from '../ir/rewrite.ts';
import type { CallOperand, KernelCall } from '../kernels/definition.ts';
import { at } from '../util/arrays.ts';
import { arrange, type Arrangement } from './arrangement/arrange.ts';
import { ConstantBuffers } from './constants.ts';
import type { ScheduledCall } from './lifetimes.ts';
import { lowerGraph, type Lowered, type VariantChoice } from './lower.ts';
import { ActivationMemory, checkSize, type BufferRegion } from './memory.ts';
import { Params } from './params.ts';
import type { Plan, PlanBuffer, PlanPipeline, PlanPort, PlanStep, PlanValue } from './plan.ts';

/** How a graph is planned. */
export interface PlanOptions extends VariantChoice {
  /**
   * Store activations and weights as float16 where the kernels take that; arithmetic stays in float32, inputs and
   * outputs too. The device must have `shader-f16`.
   */
  readonly float16?: boolean | undefined;
}

/**
 * Plans a compiled graph (static shapes, explicit pads) for a device. Throws UnsupportedError listing every node
 * without a kernel, PlanError when a buffer exceeds the device's limits, or lacks what the options ask for.
 */
export function planGraph(graph: Graph, device: DeviceProfile, options: PlanOptions = {}): Plan {
  if (options.float16 && !device.features.includes('shader-f16')) {
    throw new PlanError('float16 needs the feature shader-f16, which this device does not have', {
      hint: 'Plan with float32, or use another adapter',
    });
  }
  const arrangement = arrange(graph, device, options);
  return planLowered(graph, device, arrangement, lowerGraph(graph, device, arrangement, options));
}

/** The plan of nodes that are arranged and lowered already, one entry of `lowered` a node: what the tuner times. */
export function planLowered(
  graph: Graph,
  device: DeviceProfile,
  arrangement: Arrangement,
  lowered: readonly Lowered[],
): Plan {
  return new Planner(graph, device, arrangement, lowered).plan();
}

/** State of one planning run. Buffers are numbered in the order: activations, then constants. */
class Planner {
  readonly #graph: Graph;
  readonly #device: DeviceProfile;
  readonly #arrangement: Arrangement;
  readonly #calls: readonly ScheduledCall[];
  readonly #memory: ActivationMemory;
  readonly #constants: ConstantBuffers;
  readonly #pipelines = new Map<string, number>();
  readonly #pipelineList: PlanPipeline[] = [];
  readonly #params = new Params();

  constructor(graph: Graph, device: DeviceProfile, arrangement: Arrangement, lowered: readonly Lowered[]) {
    this.#graph = graph;
    this.#device = device;
    this.#arrangement = arrangement;
    this.#calls = schedule(graph, lowered);
    this.#memory = new ActivationMemory(graph, device, arrangement, this.#calls);
    this.#constants = new ConstantBuffers((what, bytes) => checkSize(what, bytes, device));
  }

  plan(): Plan {
    const graph = this.#graph;
    const steps = this.#calls.map((scheduled, i) => this.#step(scheduled, i));
    const inputs = graph.inputs.map(({ name }) => this.#port(name));
    // Outputs that are constants still need a buffer to be read back from.
    const outputs = graph.outputs.map((name) => this.#port(name));
    // Before the pipelines and the parameters are read: it adds its own.
    const prepare = this.#preparations();
    const constants = this.#constants.buffers;
    return {
      name: graph.name,
      inputs,
      outputs,
      buffers: [...roles(this.#memory.regions, inputs, outputs), ...constants],
      weights: this.#constants.weights(this.#constantBuffer(0)),
      prepare,
      pipelines: this.#pipelineList,
      steps,
      params: this.#params.packed,
      values: this.#placedValues(),
      memory: {
        weights: constants.reduce((sum, { bytes, role }) => (role === 'source' ? sum : sum + bytes), 0),
        ...this.#memory.memory,
      },
    };
  }

  #step(scheduled: ScheduledCall, index: number): PlanStep {
    const { node, position, call } = scheduled;
    const shader = bindForWriting(call.shader, this.#memory.readWhereWritten(scheduled));
    const buffers = this.#memory
      .buffersOf(scheduled)
      .map((buffer, k) => buffer ?? this.#constant(at(call.operands, k)));
    if (buffers.length !== call.shader.bindings.length) {
      throw new PlanError(`${buffers.length} operands for ${call.shader.bindings.length} bindings`, {
        node: node.name,
      });
    }
    const part = index - scheduled.first;
    return {
      node: position,
      label: scheduled.first === scheduled.end ? node.name : `${node.name}#${part}`,
      op: node.op,
      variant: call.variant,
      ...this.#dispatch({ ...call, shader }, `${node.op}/${call.variant}`),
      buffers,
      operandBytes: call.operands.map((operand) => this.#bytesOf(operand)),
    };
  }

  /** What a step and a preparation have in common. */
  #dispatch(
    { shader, params, workgroups }: Pick<KernelCall, 'shader' | 'params' | 'workgroups'>,
    label: string,
  ): Pick<PlanStep, 'pipeline' | 'paramsOffset' | 'paramsBytes' | 'workgroups'> {
    const bytes = paramsBytes(shader.params);
    const paramsOffset = bytes === 0 ? 0 : this.#params.add(packParams(shader.params, params), this.#device);
    return { pipeline: this.#pipelineFor(shader, label), paramsOffset, paramsBytes: bytes, workgroups };
  }

  /** The buffer of a constant operand. */
  #constant(operand: CallOperand): number {
    if (operand.kind === 'value') return this.#valueBuffer(operand.name);
    if (operand.kind === 'scratch') throw new PlanError(`scratch memory "${operand.id}" has no buffer`);
    const constant =
      operand.kind === 'constant'
        ? this.#constants.weight(operand.tensor, 'a table of constants', operand.storage)
        : this.#constants.prepared(operand);
    return this.#constantBuffer(constant);
  }

  #valueBuffer(name: string): number {
    const root = this.#arrangement.get(name)?.root ?? name;
    const constant = this.#graph.initializers.get(root);
    const storage = this.#arrangement.get(root)?.storage;
    if (constant) return this.#constantBuffer(this.#constants.weight(constant, `constant "${root}"`, storage));
    const buffer = this.#memory.bufferOf(root);
    if (buffer === undefined) throw new PlanError(`value "${name}" has no buffer`);
    return buffer;
  }

  /** Constants are numbered after the activations. */
  #constantBuffer(constant: number): number {
    return this.#memory.regions.length + constant;
  }

  /** What a dispatch that touches every element once moves for this operand. */
  #bytesOf(operand: CallOperand): number {
    if (operand.kind === 'value') {
      const value = this.#arrangement.get(operand.name);
      return value ? valueBytes(value) : 0;
    }
    if (operand.kind !== 'constant') return bytesOf(operand.storage ?? 'f32', operand.elements);
    const { tensor, storage = ownStorage(tensor.dtype) } = operand;
    return bytesOf(storage, elementCount(tensor.shape));
  }

  #pipelineFor(shader: ShaderModule, label: string): number {
    const existing = this.#pipelines.get(shader.wgsl);
    if (existing !== undefined) return existing;
    const hasParams = paramsBytes(shader.params) > 0;
    const index = this.#pipelineList.push({ wgsl: shader.wgsl, bindings: shader.bindings, hasParams, label }) - 1;
    this.#pipelines.set(shader.wgsl, index);
    return index;
  }

  #preparations(): PlanStep[] {
    return this.#constants.preparations.map(({ operand, source, result }) => ({
      node: -1,
      label: operand.key,
      op: 'Prepare',
      variant: operand.key,
      ...this.#dispatch(operand, `Prepare/${operand.key}`),
      buffers: [source, result].map((constant) => this.#constantBuffer(constant)),
      operandBytes: [bytesOf('f32', elementCount(operand.source.shape)), this.#bytesOf(operand)],
    }));
  }

  #port(name: string): PlanPort {
    const { dtype, shape, bounded } = descOf(this.#graph, name);
    const storage = this.#arrangement.get(name)?.storage ?? ownStorage(dtype);
    const port = { name, dtype, shape, storage, buffer: this.#valueBuffer(name) };
    return bounded ? { ...port, bounded: { axis: bounded.axis, count: this.#port(bounded.count) } } : port;
  }

  #placedValues(): Map<string, PlanValue> {
    const map = new Map<string, PlanValue>();
    for (const [name, { root, ...value }] of this.#arrangement) {
      const buffer = this.#memory.bufferOf(root);
      if (buffer !== undefined) map.set(name, { ...value, buffer });
    }
    return map;
  }
}

/** The dispatches of all nodes, in order. */
function schedule(graph: Graph, lowered: readonly Lowered[]): ScheduledCall[] {
  const all: ScheduledCall[] = [];
  graph.nodes.forEach((node, position) => {
    const calls = lowered[position];
    if (calls === undefined || calls === 'view') return;
    const first = all.length;
    for (const call of calls) all.push({ node, position, call, first, end: first + calls.length - 1 });
  });
  return all;
}

function roles(
  regions: readonly BufferRegion[],
  inputs: readonly PlanPort[],
  outputs: readonly PlanPort[],
): PlanBuffer[] {
  const [read, written] = [inputs, outputs].map((ports) => new Set(ports.map(({ buffer }) => buffer)));
  return regions.map((region, i) => {
    return { ...region, role: read?.has(i) ? 'input' : written?.has(i) ? 'output' : 'slot' };
  });
}
