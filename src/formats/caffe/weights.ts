/** The blobs of layers, by layer: from the .caffemodel, whose layers have the names of those of the text. */
import { ImportError, LoadError } from '../../core/errors.ts';
import type { Shape, Tensor } from '../../core/tensor.ts';
import { product } from '../../util/arrays.ts';
import type { ModelFiles } from '../importer.ts';
import type { Extents } from '../lib/extents.ts';
import { readCaffemodel, type CaffeBlob, type CaffeWeights } from './caffemodel.ts';
import type { CaffeLayer } from './layer.ts';

const HINT = 'Give the .caffemodel that belongs to this .prototxt, by "weights" or as the same name beside it';

/** The weights of one network. */
export class NetWeights {
  readonly #file: string;
  readonly #blobs: CaffeWeights;
  /** Why there are none; undefined where there are. */
  readonly #missing: LoadError | undefined;
  /** Layers, the last of which has what all have, by what they call the blob they share. */
  readonly #shared = new Map<string, { readonly name: string; readonly index: number }>();

  constructor(file: string, blobs: CaffeWeights, missing?: LoadError) {
    this.#file = file;
    this.#blobs = blobs;
    this.#missing = missing;
  }

  /** Notes which blobs layers share: the last that the file has is what Caffe gives to all of them. */
  share(layers: readonly CaffeLayer[]): void {
    for (const { name, shared } of layers) {
      shared.forEach((blob, index) => {
        if (blob !== '' && this.#blobs.get(name)?.[index]) this.#shared.set(blob, { name, index });
      });
    }
  }

  /** Throws ImportError where the file has more blobs for a layer than it asked for. */
  checkUse(layer: CaffeLayer, asked: number): void {
    const { length } = this.#blobs.get(layer.name) ?? [];
    if (length > asked) this.#fail(layer, `the file has ${length} blobs for the layer, which needs ${asked}`);
  }

  /** A blob of a layer; undefined where the file has none. */
  find(layer: CaffeLayer, index: number): CaffeBlob | undefined {
    const owner = this.#shared.get(layer.shared[index] ?? '') ?? { name: layer.name, index };
    return this.#blobs.get(owner.name)?.[owner.index];
  }

  /**
   * A blob of a layer, in the shape that the layer asks for: extents that it leaves open are the file's. Throws LoadError
   * where there is no file, ImportError where the blob is missing or has another shape.
   */
  blob(layer: CaffeLayer, index: number, wanted: Extents): Tensor {
    if (this.#missing) throw this.#missing;
    const blob =
      this.find(layer, index) ?? this.#fail(layer, `blob ${index}, which the layer needs, is not in the file`);
    const shape = fitted(blob.shape, wanted);
    if (!shape || product(shape) !== product(blob.shape)) {
      const asked = wanted.map((extent) => extent ?? '?').join(', ');
      return this.#fail(layer, `blob ${index} is [${blob.shape.join(', ')}], the layer needs [${asked}]`);
    }
    return { ...blob.tensor(), shape };
  }

  #fail({ name, type }: CaffeLayer, message: string): never {
    throw new ImportError(message, { file: this.#file, format: 'caffe', node: name, op: type, hint: HINT });
  }
}

/** A shape of a file as extents that are asked for, without ones in front that one has and the other lacks; undefined where it is another. */
function fitted(shape: Shape, wanted: Extents): Shape | undefined {
  const extra = shape.length - wanted.length;
  const padded = extra < 0 ? [...Array.from({ length: -extra }, () => 1), ...shape] : shape;
  const own = padded.slice(Math.max(0, extra));
  const ones = padded.slice(0, Math.max(0, extra));
  const fits = ones.every((extent) => extent === 1) && own.every((extent, i) => extent === (wanted[i] ?? extent));
  return fits ? own : undefined;
}

/** Reads the weights that are given, else those that lie beside the text under its name. Rejects as `readCaffemodel` throws. */
export async function netWeights({ main, weights, read }: ModelFiles): Promise<NetWeights> {
  if (weights) return new NetWeights(weights.name, readCaffemodel(weights));
  const name = `${main.name.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, '')}.caffemodel`;
  try {
    return new NetWeights(name, readCaffemodel({ name, bytes: await read(name) }));
  } catch (error) {
    // A network without weights needs no file of them.
    if (!(error instanceof LoadError)) throw error;
    const missing = new LoadError(`its weights "${name}" cannot be read: ${error.reason}`, {
      file: main.name,
      hint: HINT,
      cause: error,
    });
    return new NetWeights(name, new Map(), missing);
  }
}
