/**
 * The text of a param file: a magic number, the numbers of layers and blobs, and for each layer its type, its name, how many
 * blobs it reads and makes, their names, and its parameters, `id=value`.
 */
import { ImportError } from '../../core/errors.ts';
import {
  checkBlobs,
  LayerNames,
  MAX_BLOBS_OF_LAYER,
  MAX_LAYERS,
  MAX_LIST,
  MAX_PARAMS,
  type NcnnLayer,
  type NcnnNetwork,
  type ParamNumber,
  type ParamValue,
} from './net.ts';

/** What is added to the id of a list, all of it negative: `-23303=2,1,5` is list 3. */
const LIST_BASE = 23300;

/** Reads the layers: as many as the file declares, as ncnn does. Throws ImportError, with the line, on anything that is no such text. */
export function parseParam(bytes: Uint8Array): NcnnNetwork {
  const words = new Words(new TextDecoder().decode(bytes));
  words.next('the magic number');
  const count = words.count('layers', MAX_LAYERS);
  const blobs = words.count('blobs', MAX_LAYERS);
  const names = new LayerNames();
  const layers: NcnnLayer[] = [];
  while (layers.length < count) {
    if (words.atEnd) words.fail(`declares ${count} layers, but ends after ${layers.length}`);
    layers.push(layer(words, names));
  }
  checkBlobs(layers, blobs);
  return {
    layers,
    warnings: words.atEnd ? [] : [`what follows the ${count} layers that the file declares is not read`],
  };
}

function layer(words: Words, names: LayerNames): NcnnLayer {
  const op = words.next('the type of a layer');
  const name = names.next(words.next(`the name of the ${op}`));
  const reads = words.count('blobs to read', MAX_BLOBS_OF_LAYER);
  const makes = words.count('blobs to make', MAX_BLOBS_OF_LAYER);
  const inputs = words.list(reads, `a blob that "${name}" reads`);
  const outputs = words.list(makes, `a blob that "${name}" makes`);
  const params = new Map<number, ParamValue>();
  for (let found = words.param(); found; found = words.param()) {
    const id = found.id <= -LIST_BASE ? -found.id - LIST_BASE : found.id;
    if (id < 0 || id >= MAX_PARAMS)
      words.fail(`parameter ${found.id} of "${name}" is none: ids are 0 to ${MAX_PARAMS - 1}`);
    const value = found.id < 0 ? countedList(words, found.value) : paramValue(words, found.value);
    params.set(id, value);
  }
  return { op, name, inputs, outputs, params };
}

/** `2,0.5,1`: how many there are, then these. */
function countedList(words: Words, text: string): ParamNumber[] {
  const [length = '', ...rest] = text.split(',');
  if (!/^\d+$/.test(length) || Number(length) !== rest.length) {
    words.fail(`a list of ${length} has ${rest.length} elements: "${text.slice(0, 60)}"`);
  }
  return numbers(words, rest);
}

/** A number, a list in the newer way, or text. */
function paramValue(words: Words, text: string): ParamValue {
  if (/^[a-z"]/i.test(text)) return text.startsWith('"') ? text.slice(1, -1) : text;
  // A list of one ends in a comma.
  if (text.includes(',')) return numbers(words, text.replace(/,$/, '').split(','));
  return number(words, text);
}

function numbers(words: Words, texts: readonly string[]): ParamNumber[] {
  if (texts.length > MAX_LIST) words.fail(`a list of ${texts.length} numbers is too long`);
  return texts.map((text) => number(words, text));
}

function number(words: Words, text: string): ParamNumber {
  const value = Number(text);
  if (/^[+-]?\d+$/.test(text)) {
    if (value !== (value | 0)) words.fail(`${text} does not fit 32 bits`);
    return { int: value, float: value };
  }
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) words.fail(`"${text.slice(0, 60)}" is no number`);
  return { int: undefined, float: Math.fround(value) };
}

/** The words of the text, one after the other. */
class Words {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skipSpace();
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Throws ImportError that names the line of the word that was read last. */
  fail(message: string): never {
    const before = this.#text.slice(0, this.#at).trimEnd();
    throw new ImportError(`line ${before.split('\n').length}: ${message}`);
  }

  #skipSpace(): void {
    this.#match(/\s*/y);
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  next(what: string): string {
    const [word] = this.#match(/\S+/y) ?? this.fail(`the file ends before ${what}`);
    this.#skipSpace();
    return word;
  }

  list(length: number, what: string): string[] {
    return Array.from({ length }, () => this.next(what));
  }

  /** A number of things. */
  count(what: string, most: number): number {
    const word = this.next(`the number of ${what}`);
    if (!/^\d+$/.test(word)) this.fail(`"${word.slice(0, 60)}" is no number of ${what}`);
    return Number(word) <= most ? Number(word) : this.fail(`${word} ${what} are too many: the file is damaged`);
  }

  /** The parameter that comes next; undefined where a layer does. */
  param(): { readonly id: number; readonly value: string } | undefined {
    const found = this.#match(/(-?\d+)=("[^"\n]*"|\S*)/y);
    this.#skipSpace();
    return found && { id: Number(found[1]), value: found[2] ?? '' };
  }
}
