/** The constant buffers of a plan: uploaded weights, and those that are made from them when the plan is loaded. */
import { bufferBytes, encode, isPacked, ownStorage, type Storage } from '../core/storage.ts';
import { elementCount, type Tensor } from '../core/tensor.ts';
import type { PreparedOperand } from '../kernels/definition.ts';
import type { PlanBuffer, PlanWeight } from './plan.ts';

/** A weight being turned into another arrangement: indices of constants. */
export interface Preparation {
  readonly operand: PreparedOperand;
  readonly source: number;
  readonly result: number;
}

interface Constant {
  readonly bytes: number;
  /** What is uploaded; absent for prepared ones. */
  readonly source?: () => PlanWeight['data'];
  /** Read by a step of the network, not only by a preparation. */
  used: boolean;
}

/** Collects constants, each tensor once per storage. Constants are numbered in the order they come. */
export class ConstantBuffers {
  readonly #checkSize: (what: string, bytes: number) => void;
  readonly #all: Constant[] = [];
  readonly #byTensor = new Map<Tensor, Map<string, number>>();
  readonly preparations: Preparation[] = [];

  /** `checkSize` throws when a buffer exceeds what the device binds. */
  constructor(checkSize: (what: string, bytes: number) => void) {
    this.#checkSize = checkSize;
  }

  /** The constant that holds a tensor, in its type's own word unless told otherwise. */
  weight(tensor: Tensor, what: string, storage: Storage = ownStorage(tensor.dtype)): number {
    const index = this.#upload(tensor, what, storage);
    const constant = this.#all[index];
    if (constant) constant.used = true;
    return index;
  }

  /** The constant that a preparation makes. */
  prepared(operand: PreparedOperand): number {
    return this.#once(operand.source, `prepared ${operand.key} ${operand.storage}`, () => {
      const bytes = bufferBytes(operand.storage, operand.elements);
      this.#checkSize(`the prepared weights "${operand.key}"`, bytes);
      const storage = isPacked(operand.storage) ? operand.storage : 'f32';
      const source = this.#upload(operand.source, 'the source of prepared weights', storage);
      const result = this.#all.push({ bytes, used: true }) - 1;
      this.preparations.push({ operand, source, result });
      return result;
    });
  }

  /** All constants as buffers of the plan. */
  get buffers(): PlanBuffer[] {
    return this.#all.map(({ bytes, source, used }) => ({
      bytes,
      role: !source ? 'prepared' : used ? 'weight' : 'source',
    }));
  }

  /** What is uploaded, where constants begin at the buffer `first`. Its bytes are made when they are asked for. */
  weights(first: number): PlanWeight[] {
    return this.#all.flatMap(({ source }, i) => {
      const buffer = first + i;
      return source
        ? {
            buffer,
            get data() {
              return source();
            },
          }
        : [];
    });
  }

  #upload(tensor: Tensor, what: string, storage: Storage): number {
    return this.#once(tensor, storage, () => {
      const bytes = bufferBytes(storage, elementCount(tensor.shape));
      this.#checkSize(what, bytes);
      return this.#all.push({ bytes, source: () => encode(tensor, storage), used: false }) - 1;
    });
  }

  /** The constant of this form of a tensor, made when it is first asked for. */
  #once(tensor: Tensor, form: string, make: () => number): number {
    let forms = this.#byTensor.get(tensor);
    if (!forms) this.#byTensor.set(tensor, (forms = new Map<string, number>()));
    let index = forms.get(form);
    if (index === undefined) forms.set(form, (index = make()));
    return index;
  }
}
