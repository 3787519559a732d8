/**
 * Runs operator cases on a GPU. Buffers are filled with 0xff bytes (NaN) first, so that an element no invocation writes is
 * seen, and one outside is too. Those that are asked for together go to the device together (gpu-batch.ts).
 */
import { bytesOf, decode, stored, type Stored } from '../../src/core/storage.ts';
import { tensor, trimmed, type Tensor } from '../../src/core/tensor.ts';
import { result } from '../../src/kernels/definition.ts';
import { extentOf, placed, requireUntouched } from './placed-bytes.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import type { CallOperand, KernelCall } from '../../src/kernels/definition.ts';
import { at } from '../../src/util/arrays.ts';
import { KERNELS } from './every-operator.ts';
import { runOnGpu, type WorkBuffers } from './gpu-batch.ts';
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

/**
 * Runs a case on the GPU with the named variant, or with the first that applies. A `view` operator copies its input.
 * Rejects with whatever the device complains of, and when something between the elements of an output was written.
 */
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
  const calls = withPreparations(lowerCase(c, variantName, setup));
  const label = `${c.op} "${c.name}", ${variantName ?? 'first variant'} (${setupName(setup)})`;
  const bytes = await runOnGpu({ label, calls, open: (device) => new BufferPool(device, feeds, results) });
  const values = results.filter(({ name }) => name !== '').map((operand, i) => decoded(operand, at(bytes, i)));
  return values.map((t, i) => {
    const { dtype = t.dtype, bounded } = outputs[i] ?? {};
    const count = bounded && values[context.node.outputs.indexOf(bounded.count)]?.data[0];
    return { ...(bounded && count !== undefined ? trimmed(t, bounded.axis, count) : t), dtype };
  });
}

/** What a setup is called in reports: `half, packed`. */
export function setupName({ half, fours, inPlace, shared, placement }: Setup): string {
  return `${half ? 'half, ' : ''}${fours ? 'fours, ' : ''}${inPlace ? 'in place, ' : ''}${shared ? 'shared, ' : ''}${placement ?? 'dense'}`;
}

function decoded({ value }: Operand, bytes: ArrayBuffer): Tensor {
  requireUntouched(bytes, value);
  return decode(value, bytes);
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
      const from: CallOperand = { kind: 'constant', tensor: source, storage: storage === 'i8x4' ? storage : 'f32' };
      before.push({ ...dispatch, variant: key, operands: [from, result] });
      return result;
    });
    return [...before, { ...call, operands }];
  });
}

/** The buffers of one run, by value name, constant tensor and scratch id. */
class BufferPool implements WorkBuffers {
  readonly #device: GPUDevice;
  readonly #named = new Map<string, GPUBuffer>();
  readonly #constants = new Map<Tensor, GPUBuffer>();
  readonly #results: GPUBuffer[] = [];
  readonly #all: GPUBuffer[] = [];

  constructor(device: GPUDevice, feeds: readonly Operand[], results: readonly Operand[]) {
    this.#device = device;
    for (const { name, value, tensor: t } of feeds) {
      if (t) this.#named.set(name, this.#upload(placed(t, value)));
    }
    for (const { name, value, over } of results) {
      if (name === '') continue;
      const taken = this.#named.get(over ?? '');
      const buffer = taken ?? this.#blank(bytesOf(value.storage, extentOf(value)));
      this.#named.set(name, buffer);
      this.#results.push(buffer);
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

  /** Those that hold the results which have names, in their order. */
  get results(): readonly GPUBuffer[] {
    return this.#results;
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
    // Deno's process ends when there is nothing to write.
    if (words.byteLength > 0) this.#device.queue.writeBuffer(buffer, 0, words);
    return buffer;
  }

  #blank(bytes: number): GPUBuffer {
    const buffer = this.#storage(bytes);
    this.#device.queue.writeBuffer(buffer, 0, new Uint8Array(buffer.size).fill(0xff));
    return buffer;
  }
}
