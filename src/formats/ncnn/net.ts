/** The network of a param file, whichever of the two kinds it is: layers in order, with their parameters and blobs. */
import { ImportError } from '../../core/errors.ts';

/** A number of a parameter. Of a binary file only the 32 bits are known: which of the two is meant whoever reads it decides. */
export interface ParamNumber {
  /** Undefined where the file has a number with a point or an exponent. */
  readonly int: number | undefined;
  readonly float: number;
}

/** What a parameter may be: a number, a list of numbers, or, in newer files, text. */
export type ParamValue = ParamNumber | readonly ParamNumber[] | string;

/** A layer as the file has it. */
export interface NcnnLayer {
  readonly op: string;
  /** Unique within the network: the file's own name, with a number behind it where another layer has it, too. */
  readonly name: string;
  /** Names of the blobs that it reads, and of those that it makes. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** By their ids, those of lists as well. */
  readonly params: ReadonlyMap<number, ParamValue>;
}

/** What a param file holds. */
export interface NcnnNetwork {
  readonly layers: readonly NcnnLayer[];
  /** Sentences on what of the file is not read. */
  readonly warnings: readonly string[];
}

/** Ids of parameters are below this. */
export const MAX_PARAMS = 32;

/** Longer lists are no sizes, axes or factors of anything. */
export const MAX_LIST = 2 ** 12;

/** A file that declares more layers or blobs than this is damaged. */
export const MAX_LAYERS = 2 ** 20;

/** Layers may not read or make more blobs than this. */
export const MAX_BLOBS_OF_LAYER = 2 ** 14;

/**
 * Throws ImportError unless each blob is made once, before any layer reads it, and there are no more of them than the file
 * declares: ncnn's own files are in the order in which they run, so that a cycle is a blob that is read too early.
 */
export function checkBlobs(layers: readonly NcnnLayer[], declared: number): void {
  const made = new Set<string>();
  const all = new Set(layers.flatMap(({ outputs }) => outputs));
  for (const { op, name, inputs, outputs } of layers) {
    for (const blob of inputs) {
      if (made.has(blob)) continue;
      const late = all.has(blob) ? 'only it or a later layer makes: the layers are out of order' : 'no layer makes';
      throw new ImportError(`reads blob "${blob}", which ${late}`, { node: name, op });
    }
    for (const blob of outputs) {
      if (made.has(blob))
        throw new ImportError(`makes blob "${blob}", which a layer before it does, too`, { node: name, op });
      made.add(blob);
    }
  }
  if (made.size > declared) throw new ImportError(`declares ${declared} blobs, but its layers make ${made.size}`);
}

/** Gives each layer a name of its own. */
export class LayerNames {
  readonly #taken = new Set<string>();

  /** `name`, or that with a number behind it where it is taken. */
  next(name: string): string {
    let unique = name;
    for (let i = 1; this.#taken.has(unique); i++) unique = `${name}_${i}`;
    this.#taken.add(unique);
    return unique;
  }
}
