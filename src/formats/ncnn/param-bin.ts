/**
 * A param file in binary: the same as the text, in little-endian integers of 32 bits. Types are numbers in ncnn's list of
 * layers, blobs are numbers, and layers have no names.
 */
import { ImportError, UnsupportedError } from '../../core/errors.ts';
import { LAYER_TYPES } from './layer-types.ts';
import {
  checkBlobs,
  MAX_BLOBS_OF_LAYER,
  MAX_LAYERS,
  MAX_LIST,
  MAX_PARAMS,
  type NcnnLayer,
  type NcnnNetwork,
  type ParamNumber,
  type ParamValue,
} from './net.ts';

/** What ends the parameters of a layer. */
const END = -233;

/** Ids from here down are lists, and from there down text. */
const [LIST_BASE, TEXT_BASE] = [23300, 23400];

/** ncnn reads no longer text. */
const MAX_TEXT = 255;

/** Types with this bit are a program's own. */
const CUSTOM = 0x100;

/**
 * Reads the layers: layer i is called after its type, `Convolution_i`, blob i `blob_i`. Throws ImportError on anything that
 * is no such file, UnsupportedError on types that are not in the list, all of them at once.
 */
export function parseParamBin(bytes: Uint8Array): NcnnNetwork {
  const words = new Words(bytes);
  words.int('the magic number');
  const count = words.count('layers', MAX_LAYERS);
  const blobs = words.count('blobs', MAX_LAYERS);
  const layers = Array.from({ length: Math.min(count, words.left) }, (_, i) => layer(words, i));
  if (layers.length < count) throw new ImportError(`declares ${count} layers, which its bytes do not hold`);
  if (words.left > 0) throw new ImportError(`has ${words.left} words behind the ${count} layers that it declares`);
  const unknown = layers.filter(({ op }) => /^\D.* \d+$/.test(op));
  if (unknown.length > 0) {
    throw new UnsupportedError(
      unknown.map(({ name, op }) => ({ node: name, op, what: 'layer' })),
      {
        hint: 'Layers of a program of its own, or of a newer ncnn, are not known by their number: give the .param as text',
      },
    );
  }
  checkBlobs(layers, blobs);
  return { layers, warnings: [] };
}

function layer(words: Words, index: number): NcnnLayer {
  const type = words.int('the type of a layer');
  const custom = (type & CUSTOM) !== 0;
  const op = LAYER_TYPES[type] ?? `${custom ? 'custom layer' : 'layer type'} ${custom ? type - CUSTOM : type}`;
  const reads = words.count('blobs to read', MAX_BLOBS_OF_LAYER);
  const makes = words.count('blobs to make', MAX_BLOBS_OF_LAYER);
  const [inputs, outputs] = [words.blobs(reads), words.blobs(makes)];
  const params = new Map<number, ParamValue>();
  for (let id = words.int('a parameter'); id !== END; id = words.int('a parameter')) {
    const own = id <= -TEXT_BASE ? -id - TEXT_BASE : id <= -LIST_BASE ? -id - LIST_BASE : id;
    if (own < 0 || own >= MAX_PARAMS) throw new ImportError(`parameter ${id} of layer ${index} is none`);
    const value = id <= -TEXT_BASE ? words.text() : id <= -LIST_BASE ? words.list() : words.number();
    params.set(own, value);
  }
  return { op, name: `${op}_${index}`, inputs, outputs, params };
}

/** The words of the file, one after the other. */
class Words {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** How many words are left, the last of which may be cut short. */
  get left(): number {
    return Math.ceil((this.#view.byteLength - this.#at) / 4);
  }

  #take(bytes: number, what: string): number {
    const at = this.#at;
    if (at + bytes > this.#view.byteLength) throw new ImportError(`the file ends within ${what}, at byte ${at}`);
    this.#at += bytes;
    return at;
  }

  int(what: string): number {
    return this.#view.getInt32(this.#take(4, what), true);
  }

  number(): ParamNumber {
    const at = this.#take(4, 'a parameter');
    return { int: this.#view.getInt32(at, true), float: this.#view.getFloat32(at, true) };
  }

  count(what: string, most: number): number {
    const value = this.int(`the number of ${what}`);
    return value >= 0 && value <= most ? value : this.#damaged(`${value} ${what}`);
  }

  blobs(length: number): string[] {
    return Array.from({ length }, () => `blob_${this.int('the number of a blob')}`);
  }

  list(): ParamNumber[] {
    return Array.from({ length: this.count('numbers in a list', MAX_LIST) }, () => this.number());
  }

  /** Text, filled up with zeros to whole words. */
  text(): string {
    const length = this.count('characters of text', MAX_TEXT);
    const at = this.#take(Math.ceil(length / 4) * 4, 'a text');
    const bytes = new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, length);
    return new TextDecoder().decode(bytes).replace(/\0.*$/s, '');
  }

  #damaged(what: string): never {
    throw new ImportError(`${what}: the file is damaged at byte ${this.#at - 4}`);
  }
}
