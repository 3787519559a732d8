/**
 * Weights, one blob after the other in the order of the layers, each as long as the parameters of its layer say. Those that a
 * layer may keep smaller begin with a flag that says how they lie; biases and scales are float32 without one.
 */
import { ImportError } from '../../core/errors.ts';
import { filled } from '../../core/lazy-tensor.ts';
import { MAX_ELEMENTS, type Shape, type Tensor } from '../../core/tensor.ts';
import { product, roundUp } from '../../util/arrays.ts';
import { halvesToFloats } from '../../util/half.ts';
import type { Source } from '../lib/emitter.ts';

/** Which weights are read: those of a layer, and what of it they are. */
export interface WeightPlace {
  readonly source: Source;
  /** 'weights', 'bias' … */
  readonly what: string;
}

/** Where a layer's weights come from. Each method gives the next elements of the file, as many as the shape has. */
export interface NcnnWeights {
  /**
   * A blob behind a flag: float32, or int8 where the file has it so. `kind` is which of the two the layer asks for, where its
   * parameters say it: of a source without a file it is what is given.
   */
  readonly flagged: (shape: Shape, place: WeightPlace, kind?: 'float32' | 'int8') => Tensor;
  /** A blob of float32 without a flag. */
  readonly plain: (shape: Shape, place: WeightPlace) => Tensor;
}

/** How a blob with a flag lies; any other flag but 0 is that of a table of 256 numbers, and a byte for each element. */
const FLAGS = { float16: 0x01306b47, int8: 0x000d4b38, float32: 0x0002c056 } as const;

const TABLE = 256;

/** Weights of zeros, however many are asked for: they are only made where somebody looks. */
export class NoWeights implements NcnnWeights {
  /** How many blobs were asked for. */
  asked = 0;

  flagged(shape: Shape, place: WeightPlace, kind: 'float32' | 'int8' = 'float32'): Tensor {
    checkedCount(shape, place);
    this.asked++;
    return filled({ dtype: kind, shape }, 0, false);
  }

  plain(shape: Shape, place: WeightPlace): Tensor {
    return this.flagged(shape, place);
  }
}

/** The weights in a `.bin`. Methods throw ImportError, which names the layer, where the file ends before they do. */
export class FileWeights implements NcnnWeights {
  readonly #bytes: Uint8Array;
  readonly #file: string;
  #at = 0;

  /** `file` is its name, for errors. */
  constructor(bytes: Uint8Array, file: string) {
    this.#bytes = bytes;
    this.#file = file;
  }

  flagged(shape: Shape, place: WeightPlace): Tensor {
    const count = checkedCount(shape, place);
    const flag = new Uint32Array(this.#take(4, place))[0] ?? 0;
    if (flag === 0 || flag === FLAGS.float32) return this.plain(shape, place);
    if (flag === FLAGS.float16) {
      const halves = new Uint16Array(this.#take(roundUp(2 * count, 4), place), 0, count);
      return { dtype: 'float32', shape, data: halvesToFloats(halves) };
    }
    if (flag === FLAGS.int8) {
      const data = new Int8Array(this.#take(roundUp(count, 4), place), 0, count);
      return { dtype: 'int8', shape, data };
    }
    const table = new Float32Array(this.#take(4 * TABLE, place));
    const indices = new Uint8Array(this.#take(roundUp(count, 4), place), 0, count);
    return { dtype: 'float32', shape, data: Float32Array.from(indices, (i) => table[i] ?? 0) };
  }

  plain(shape: Shape, place: WeightPlace): Tensor {
    return { dtype: 'float32', shape, data: new Float32Array(this.#take(4 * checkedCount(shape, place), place)) };
  }

  /** Throws ImportError where bytes are left: these are the weights of another network. */
  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw this.#unfit(`has ${left} bytes behind the last weights that the network asks for`);
  }

  /** A copy of the next bytes: what lies in the file need not lie where an array of words may begin. */
  #take(count: number, { source, what }: WeightPlace): ArrayBuffer {
    const left = this.#bytes.length - this.#at;
    if (count > left) {
      throw this.#unfit(
        `ends within the ${what} of ${source.op} "${source.name}": ${count} bytes, and ${left} are left`,
      );
    }
    const taken = new Uint8Array(count);
    taken.set(this.#bytes.subarray(this.#at, this.#at + count));
    this.#at += count;
    return taken.buffer;
  }

  #unfit(message: string): ImportError {
    const hint = 'The weights are damaged, or those of another network';
    return new ImportError(message, { file: this.#file, format: 'ncnn', hint });
  }
}

/** How many elements a shape has that parameters gave. Throws ImportError where there can be none so many. */
function checkedCount(shape: Shape, { source, what }: WeightPlace): number {
  const count = shape.some((extent) => extent < 1) ? 0 : product(shape);
  if (Number.isSafeInteger(count) && count > 0 && count <= MAX_ELEMENTS) return count;
  throw new ImportError(`has ${what} of shape [${shape.join(', ')}]`, { node: source.name, op: source.op });
}
