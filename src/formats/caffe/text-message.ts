/** A message of protobuf's text format: fields by name, read with the type they should have; what nobody reads can be asked. */
import { ImportError } from '../../core/errors.ts';

/** The text that messages were read from: tells where things are. */
export interface TextSource {
  readonly file: string;
  readonly text: string;
}

/** A value of a field, and where in the text it begins. */
export type TextValue =
  | { readonly kind: 'message'; readonly message: TextMessage; readonly offset: number }
  | { readonly kind: 'string' | 'word'; readonly text: string; readonly offset: number };

/** Throws ImportError that names the file, the line and the column. */
export function failAt({ file, text }: TextSource, offset: number, message: string): never {
  const before = text.slice(0, offset).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  throw new ImportError(`line ${before.length}, column ${column}: ${message}`, { file, format: 'caffe' });
}

const FLOAT = /^-?(?:\d+\.?\d*(?:e[-+]?\d+)?f?|\.\d+(?:e[-+]?\d+)?f?)$/i;
const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['True', true],
  ['t', true],
  ['1', true],
  ['false', false],
  ['False', false],
  ['f', false],
  ['0', false],
]);

/** The number that a word is; undefined of one that is none. */
function numberOf(word: string): number | undefined {
  const negative = word.startsWith('-');
  const digits = negative ? word.slice(1) : word;
  const sign = negative ? -1 : 1;
  if (/^0x[\da-f]+$/i.test(digits)) return sign * Number(digits);
  if (/^0[0-7]+$/.test(digits)) return sign * Number.parseInt(digits, 8);
  if (/^(inf|infinity)f?$/i.test(digits)) return sign * Infinity;
  if (/^nan$/i.test(digits)) return Number.NaN;
  return FLOAT.test(digits) ? sign * Number(digits.replace(/f$/i, '')) : undefined;
}

/** See the file's header. Every reader throws ImportError, with the line, where the text has another kind of value. */
export class TextMessage {
  readonly #source: TextSource;
  readonly #offset: number;
  readonly #fields = new Map<string, TextValue[]>();
  /** Fields that were read; those in which nothing needs to be are not looked into. */
  readonly #known = new Map<string, 'read' | 'ignored'>();

  constructor(source: TextSource, offset: number) {
    this.#source = source;
    this.#offset = offset;
  }

  /** Adds what the text has. */
  add(name: string, value: TextValue): void {
    const values = this.#fields.get(name);
    if (values) values.push(value);
    else this.#fields.set(name, [value]);
  }

  /** Names of the fields, in the order in which they first come. */
  get names(): readonly string[] {
    return [...this.#fields.keys()];
  }

  /** True where the text has the field; it counts as read only when its value is. */
  has(name: string): boolean {
    return this.#fields.has(name);
  }

  /** Throws ImportError that names where the field stands, or where the message begins. */
  fail(name: string, message: string): never {
    failAt(this.#source, this.#fields.get(name)?.[0]?.offset ?? this.#offset, message);
  }

  /** Fields that change nothing, and all in them: nobody needs to read them. */
  ignore(...names: readonly string[]): void {
    for (const name of names) if (this.#fields.has(name) && !this.#known.has(name)) this.#known.set(name, 'ignored');
  }

  #values(name: string): readonly TextValue[] {
    this.#known.set(name, 'read');
    return this.#fields.get(name) ?? [];
  }

  /** The value of a field that is there once at most. */
  #value(name: string): TextValue | undefined {
    const [value, second] = this.#values(name);
    if (second) failAt(this.#source, second.offset, `${name} is given twice`);
    return value;
  }

  #number(name: string, value: TextValue): number {
    const number = value.kind === 'word' ? numberOf(value.text) : undefined;
    return number ?? failAt(this.#source, value.offset, `${name} is no number`);
  }

  #integer(name: string, value: TextValue): number {
    const number = this.#number(name, value);
    // Shapes and places are held in 32 bits: what is beyond would become another number there.
    return number === Math.trunc(number) && Math.abs(number) < 2 ** 31
      ? number
      : failAt(this.#source, value.offset, `${name} is no integer of 32 bits`);
  }

  #text(name: string, value: TextValue): string {
    return value.kind === 'string' ? value.text : failAt(this.#source, value.offset, `${name} is no string in quotes`);
  }

  /** A real number, as float32. */
  number(name: string, fallback: number): number {
    const value = this.#value(name);
    return value ? Math.fround(this.#number(name, value)) : fallback;
  }

  /** A list of real numbers, as float32. */
  numbers(name: string): number[] {
    return this.#values(name).map((value) => Math.fround(this.#number(name, value)));
  }

  /** An integer. */
  integer(name: string, fallback: number): number {
    const value = this.#value(name);
    return value ? this.#integer(name, value) : fallback;
  }

  /** A list of integers. */
  integers(name: string): number[] {
    return this.#values(name).map((value) => this.#integer(name, value));
  }

  /** An integer of at least `least`. */
  count(name: string, fallback: number, least = 0): number {
    const value = this.integer(name, fallback);
    return value >= least ? value : this.fail(name, `${name} is ${value}, less than ${least}`);
  }

  /** A list of integers of at least `least`. */
  counts(name: string, least = 0): number[] {
    const values = this.integers(name);
    return values.every((value) => value >= least) ? values : this.fail(name, `${name} has a number below ${least}`);
  }

  /** True or false. */
  flag(name: string, fallback: boolean): boolean {
    const value = this.#value(name);
    if (!value) return fallback;
    const truth = value.kind === 'word' ? TRUTHS.get(value.text) : undefined;
    return truth ?? failAt(this.#source, value.offset, `${name} is neither true nor false`);
  }

  /** A string. */
  text(name: string, fallback: string): string {
    const value = this.#value(name);
    return value ? this.#text(name, value) : fallback;
  }

  /** A list of strings. */
  texts(name: string): string[] {
    return this.#values(name).map((value) => this.#text(name, value));
  }

  /** The word of a field: a name of an enum, or a number. */
  word(name: string, fallback: string): string {
    const value = this.#value(name);
    if (!value) return fallback;
    return value.kind === 'word' ? value.text : failAt(this.#source, value.offset, `${name} is no word`);
  }

  /** A word of an enum; `choices` are its names by their numbers from `first` on, which stand for them too. */
  choice<T extends string>(name: string, fallback: T, choices: readonly T[], first = 0): T {
    const word = this.word(name, fallback);
    const chosen = choices.find((choice, i) => choice === word || String(first + i) === word);
    return chosen ?? this.fail(name, `${name} is ${word}, none of ${choices.join(', ')}`);
  }

  /** A message; one without fields where the text has none. */
  message(name: string): TextMessage {
    const value = this.#value(name);
    return value ? this.#message(name, value) : new TextMessage(this.#source, this.#offset);
  }

  /** A list of messages. */
  messages(name: string): TextMessage[] {
    return this.#values(name).map((value) => this.#message(name, value));
  }

  #message(name: string, value: TextValue): TextMessage {
    return value.kind === 'message'
      ? value.message
      : failAt(this.#source, value.offset, `${name} is no message in braces`);
  }

  /** True of a field whose values are messages. */
  isMessage(name: string): boolean {
    return this.#fields.get(name)?.every(({ kind }) => kind === 'message') ?? false;
  }

  /** Fields that nobody read, those of messages that were read among them, each with the names around it. */
  unread(): string[] {
    return [...this.#fields].flatMap(([name, values]) => {
      const known = this.#known.get(name);
      if (known !== 'read') return known ? [] : [name];
      return values.flatMap((value) =>
        value.kind === 'message' ? value.message.unread().map((inner) => `${name}.${inner}`) : [],
      );
    });
  }
}
