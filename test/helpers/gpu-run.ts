/**
 * Runs one operator case on a GPU (Dawn in Node, with the default limits every WebGPU device guarantees) and through
 * the CPU reference. Every dispatch runs inside error scopes; any complaint fails the test.
 */
import type { Binding, ShaderModule } from '../../shaders/lib/module.ts';
import { packParams } from '../../shaders/lib/module.ts';
import type { DeviceProfile } from '../../src/core/limits.ts';
import { bytesOf, decode, stored, type Stored } from '../../src/core/storage.ts';
import { tensor, type Tensor } from '../../src/core/tensor.ts';
import { result } from '../../src/kernels/definition.ts';
import { profileOf } from '../../src/runtime/webgpu/device.ts';
import { extentOf, placed, requireUntouched } from './placed-bytes.ts';
import { openGpu } from '../../src/node/adapter.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import type { CallOperand, KernelCall } from '../../src/kernels/definition.ts';
import { KERNELS } from './every-operator.ts';
import { lowerCase, prepare, type Setup } from './lower-case.ts';
import type { OpCase } from './op-case.ts';

export { lowerCase, referenceOf, setupsOf, TEST_PROFILE, variantsOf } from './lower-case.ts';

/** A value in memory: what it holds, how it is stored, and where in its buffer. */
interface Operand {
  readonly name: string;
  readonly value: Stored;
  /** Present for operands that exist before. */
  readonly tensor?: Tensor;
  /** The operand whose buffer this one takes over. */
  readonly over?: string | undefined;
}

/** Runs a case on the GPU with the named variant, or with the first that applies. A `view` operator copies its input. */
export async function runCaseOnGpu<K extends OpKind>(
  c: OpCase<K>,
  variantName?: string,
  setup: Setup = {},
): Promise<Tensor[]> {
  const { context, inputs, outputs } = prepare(c, setup);
  if (KERNELS[c.op].kind === 'view') {
    const data = inputs[0]?.data ?? new Float32Array(0);
    return outputs.map(({ dtype, shape }) => tensor(dtype, shape, data.slice()));
  }
  const feeds = context.node.inputs.flatMap((name, i): Operand[] => {
    const [value, t] = [context.inputs[i], inputs[i]];
    return name !== '' && value && t ? [{ name, value, tensor: t }] : [];
  });
  const results = context.node.outputs.map((name, i): Operand => {
    const over = context.node.inputs.find((_, k) => context.shares(k, i));
    return { name, value: result(context, i), over };
  });
  const calls = lowerCase(c, variantName, setup);
  const values = await runCalls(calls, feeds, results);
  return values.map((t, i) => ({ ...t, dtype: outputs[i]?.dtype ?? t.dtype }));
}

/** What the device of the tests offers: with it, variants for its features are lowered too. */
export async function gpuProfile(): Promise<DeviceProfile> {
  return profileOf((await openDevice()).device);
}

interface Gpu {
  readonly device: GPUDevice;
  readonly pipelines: Map<string, Promise<GPUComputePipeline>>;
}

let opened: Promise<Gpu> | undefined;

/**
 * The one device of this process, on the adapter that applications would get: with its features that kernels use, and
 * the limits every device has.
 */
function openDevice(): Promise<Gpu> {
  opened ??= (async () => {
    const { adapter } = await openGpu();
    const requiredFeatures = (['shader-f16', 'subgroups'] as const).filter((f) => adapter.features.has(f));
    return { device: await adapter.requestDevice({ requiredFeatures }), pipelines: new Map() };
  })();
  return opened;
}

/** Destroys the device; without it Dawn keeps the process alive. */
export async function closeGpu(): Promise<void> {
  (await opened)?.device.destroy();
  opened = undefined;
}

/**
 * Runs dispatches in order. `feeds` are the values that exist before, `results` those to read back. Buffers are
 * filled with 0xff bytes (NaN) first, so that an element no invocation writes is seen, and one outside is too.
 */
async function runCalls(
  calls: readonly KernelCall[],
  feeds: readonly Operand[],
  results: readonly Operand[],
): Promise<Tensor[]> {
  const gpu = await openDevice();
  const { device } = gpu;
  device.pushErrorScope('out-of-memory');
  device.pushErrorScope('validation');
  const buffers = new BufferPool(device, feeds, results);
  const [outcome] = await Promise.allSettled([execute(gpu, calls, buffers, results)]);
  const validation = await device.popErrorScope();
  const memory = await device.popErrorScope();
  buffers.destroy();
  if (outcome.status === 'rejected') throw outcome.reason;
  const complaint = validation ?? memory;
  if (complaint) throw new Error(`${complaint.message}\n${calls.map((c) => numbered(c.shader.wgsl)).join('\n')}`);
  return outcome.value;
}

async function execute(
  gpu: Gpu,
  calls: readonly KernelCall[],
  buffers: BufferPool,
  results: readonly Operand[],
): Promise<Tensor[]> {
  const { device } = gpu;
  const steps = [];
  for (const call of withPreparations(calls)) {
    const pipeline = await pipelineFor(gpu, call.shader);
    steps.push({ call, pipeline, group: bindGroup(device, call, pipeline, buffers) });
  }
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const { call, pipeline, group } of steps) {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(...call.workgroups);
  }
  pass.end();
  device.queue.submit([encoder.finish()]);
  const out: Tensor[] = [];
  for (const operand of results) if (operand.name !== '') out.push(await buffers.read(operand));
  return out;
}

/** Prepared weights as scratch memory that a dispatch of its own fills first. */
function withPreparations(calls: readonly KernelCall[]): KernelCall[] {
  const sources = new Map<Tensor, number>();
  return calls.flatMap((call) => {
    const before: KernelCall[] = [];
    const operands = call.operands.map((operand): CallOperand => {
      if (operand.kind !== 'prepared') return operand;
      const { source, key, elements, storage, ...dispatch } = operand;
      if (!sources.has(source)) sources.set(source, sources.size);
      const result: CallOperand = { kind: 'scratch', id: `${key} ${sources.get(source)}`, elements, storage };
      before.push({ ...dispatch, variant: key, operands: [{ kind: 'constant', tensor: source }, result] });
      return result;
    });
    return [...before, { ...call, operands }];
  });
}

function bindGroupLayout(device: GPUDevice, bindings: readonly Binding[], hasParams: boolean): GPUBindGroupLayout {
  const entries: GPUBindGroupLayoutEntry[] = bindings.map((b, binding) => ({
    binding,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type: b.access === 'read' ? 'read-only-storage' : 'storage' },
  }));
  if (hasParams) {
    const binding = bindings.length;
    entries.push({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type: 'uniform' } });
  }
  return device.createBindGroupLayout({ entries });
}

function pipelineFor({ device, pipelines }: Gpu, shader: ShaderModule): Promise<GPUComputePipeline> {
  const key = `${shader.wgsl}\n${JSON.stringify(shader.bindings)}`;
  const known = pipelines.get(key);
  if (known) return known;
  const layout = bindGroupLayout(device, shader.bindings, Object.keys(shader.params).length > 0);
  const made = device
    .createComputePipelineAsync({
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module: device.createShaderModule({ code: shader.wgsl }), entryPoint: 'main' },
    })
    .catch((cause: unknown) => {
      throw new Error(`${String(cause)}\n${numbered(shader.wgsl)}`, { cause });
    });
  pipelines.set(key, made);
  return made;
}

function numbered(text: string): string {
  return text
    .split('\n')
    .map((line, i) => `${String(i + 1).padStart(4)} ${line}`)
    .join('\n');
}

function bindGroup(
  device: GPUDevice,
  call: KernelCall,
  pipeline: GPUComputePipeline,
  buffers: BufferPool,
): GPUBindGroup {
  if (call.operands.length !== call.shader.bindings.length) {
    throw new Error(`${call.operands.length} operands for ${call.shader.bindings.length} bindings`);
  }
  const entries = call.operands.map((o, binding) => ({ binding, resource: { buffer: buffers.of(o) } }));
  if (Object.keys(call.shader.params).length > 0) {
    const bytes = packParams(call.shader.params, call.params);
    entries.push({ binding: entries.length, resource: { buffer: buffers.uniform(bytes) } });
  }
  return device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
}

/** The buffers of one run, by value name, constant tensor and scratch id. */
class BufferPool {
  readonly #device: GPUDevice;
  readonly #named = new Map<string, GPUBuffer>();
  readonly #constants = new Map<Tensor, GPUBuffer>();
  readonly #all: GPUBuffer[] = [];

  constructor(device: GPUDevice, feeds: readonly Operand[], results: readonly Operand[]) {
    this.#device = device;
    for (const { name, value, tensor: t } of feeds) {
      if (t) this.#named.set(name, this.#upload(placed(t, value)));
    }
    for (const { name, value, over } of results) {
      const taken = this.#named.get(over ?? '');
      if (name !== '') this.#named.set(name, taken ?? this.#blank(bytesOf(value.storage, extentOf(value))));
    }
  }

  of(operand: CallOperand): GPUBuffer {
    if (operand.kind === 'prepared') throw new Error('prepared weights were not expanded');
    if (operand.kind === 'constant') {
      const known =
        this.#constants.get(operand.tensor) ??
        this.#upload(placed(operand.tensor, stored(operand.tensor, operand.storage)));
      this.#constants.set(operand.tensor, known);
      return known;
    }
    const key = operand.kind === 'value' ? operand.name : `scratch ${operand.id}`;
    const known = this.#named.get(key);
    if (known) return known;
    if (operand.kind === 'value') throw new Error(`value "${operand.name}" has no buffer`);
    const made = this.#blank(bytesOf(operand.storage ?? 'f32', operand.elements));
    this.#named.set(key, made);
    return made;
  }

  uniform(bytes: Uint8Array): GPUBuffer {
    const buffer = this.#create(bytes.byteLength, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
    this.#device.queue.writeBuffer(buffer, 0, bytes.slice().buffer);
    return buffer;
  }

  async read({ name, value }: Operand): Promise<Tensor> {
    const source = this.#named.get(name);
    if (!source) throw new Error(`no buffer for "${name}"`);
    const staging = this.#create(source.size, GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ);
    const encoder = this.#device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, 0, staging, 0, source.size);
    this.#device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const bytes = staging.getMappedRange().slice(0);
    staging.unmap();
    requireUntouched(bytes, value);
    return decode(value, bytes);
  }

  destroy(): void {
    for (const buffer of this.#all) buffer.destroy();
  }

  #create(bytes: number, usage: number): GPUBuffer {
    const buffer = this.#device.createBuffer({ size: Math.max(16, Math.ceil(bytes / 16) * 16), usage });
    this.#all.push(buffer);
    return buffer;
  }

  #storage(bytes: number): GPUBuffer {
    return this.#create(bytes, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC);
  }

  #upload(words: Uint8Array<ArrayBuffer>): GPUBuffer {
    const buffer = this.#storage(words.byteLength);
    this.#device.queue.writeBuffer(buffer, 0, words);
    return buffer;
  }

  #blank(bytes: number): GPUBuffer {
    const buffer = this.#storage(bytes);
    this.#device.queue.writeBuffer(buffer, 0, new Uint8Array(buffer.size).fill(0xff));
    return buffer;
  }
}
