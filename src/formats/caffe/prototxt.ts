/** Reads protobuf's text format, in which Caffe's networks are written, without knowing any message beforehand. */
import { failAt, TextMessage, type TextSource, type TextValue } from './text-message.ts';

/** Deeper nesting than any network has; bounds recursion on hostile files. */
const MAX_DEPTH = 64;

/** More than any network takes: beyond, what is read is no description of one. */
const MAX_BYTES = 2 ** 26;

/** More fields than any network has: each takes more memory than the few bytes that it takes in the text. */
const MAX_FIELDS = 2 ** 20;

const BLANK = /\s+|#[^\n]*/y;
const NAME = /[A-Za-z_]\w*/y;
const NUMBER = /-?\s*(?:0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[fF]?|[A-Za-z_]\w*)/y;
const ESCAPE = /\\(?:x([\da-fA-F]{1,2})|([0-7]{1,3})|(.))/g;
const ESCAPED: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** Reads a text as one message. Throws ImportError that names line and column where it is not in the format. */
export function parsePrototxt(bytes: Uint8Array, file: string): TextMessage {
  const source = { file, text: bytes.length > MAX_BYTES ? '' : new TextDecoder().decode(bytes) };
  if (bytes.length > MAX_BYTES) failAt(source, 0, `${bytes.length} bytes are no description of a network`);
  return new Parser(source).root();
}

class Parser {
  readonly #source: TextSource;
  #position = 0;
  #depth = 0;
  #count = 0;

  constructor(source: TextSource) {
    this.#source = source;
  }

  /** The whole text. */
  root(): TextMessage {
    return this.#fields('');
  }

  #fail(message: string, offset = this.#position): never {
    failAt(this.#source, offset, message);
  }

  /** Passes blanks and comments by. */
  #skip(): void {
    for (let found = true; found;) {
      BLANK.lastIndex = this.#position;
      found = BLANK.test(this.#source.text);
      if (found) this.#position = BLANK.lastIndex;
    }
  }

  /** What matches here, behind blanks, is passed by; undefined where it does not. */
  #match(pattern: RegExp): string | undefined {
    this.#skip();
    pattern.lastIndex = this.#position;
    const [found] = pattern.exec(this.#source.text) ?? [];
    this.#position += found?.length ?? 0;
    return found;
  }

  /** The next character that is no blank; '' at the end. */
  #peek(): string {
    this.#skip();
    return this.#source.text.charAt(this.#position);
  }

  /** Passes a character by, if it comes next. */
  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#position++;
    return true;
  }

  /** Fields up to `end`, which is passed by; '' is the end of the text. */
  #fields(end: string): TextMessage {
    const start = this.#position;
    const message = new TextMessage(this.#source, start);
    while (this.#peek() !== end) {
      const name = this.#match(NAME) ?? this.#unexpected(end, start);
      const colon = this.#take(':');
      if (this.#take('[')) this.#list(message, name);
      else message.add(name, this.#value(name, colon));
      if (!this.#take(';')) this.#take(',');
    }
    this.#position += end.length;
    return message;
  }

  #unexpected(end: string, start: number): never {
    const found = this.#peek();
    if (found !== '') this.#fail(`a field's name should be here, not ${JSON.stringify(found)}`);
    this.#fail(`the text ends before this message's "${end}"`, Math.max(0, start - 1));
  }

  /** Values between brackets, each of which is one of the field. */
  #list(message: TextMessage, name: string): void {
    if (this.#take(']')) return;
    do message.add(name, this.#value(name, true));
    while (this.#take(','));
    if (!this.#take(']')) this.#fail(`"]" or "," should follow a value of ${name}`);
  }

  #value(name: string, colon: boolean): TextValue {
    if (++this.#count > MAX_FIELDS) this.#fail(`there are more than ${MAX_FIELDS} fields`);
    const next = this.#peek();
    const offset = this.#position;
    if (next === '{' || next === '<') return { kind: 'message', message: this.#message(next), offset };
    if (!colon) this.#fail(`":" should follow ${name}`);
    if (next === '"' || next === "'") return { kind: 'string', text: this.#strings(), offset };
    const word = this.#match(NUMBER) ?? this.#fail(`${name} has no value`);
    return { kind: 'word', text: word.replace(/\s/g, ''), offset };
  }

  #message(open: string): TextMessage {
    if (++this.#depth > MAX_DEPTH) this.#fail(`messages are nested deeper than ${MAX_DEPTH}`);
    this.#position++;
    const message = this.#fields(open === '{' ? '}' : '>');
    this.#depth--;
    return message;
  }

  /** Strings that follow each other are one. */
  #strings(): string {
    const parts: string[] = [];
    for (let quote = this.#peek(); quote === '"' || quote === "'"; quote = this.#peek()) {
      parts.push(this.#quoted(quote).replace(ESCAPE, unescape));
    }
    return parts.join('');
  }

  /** What is between quotes, on one line, as it stands there. */
  #quoted(quote: string): string {
    const { text } = this.#source;
    const start = this.#position + 1;
    for (let at = start; at < text.length && text[at] !== '\n'; at++) {
      if (text[at] === '\\' && text[at + 1] !== '\n') at++;
      else if (text[at] === quote) {
        this.#position = at + 1;
        return text.slice(start, at);
      }
    }
    return this.#fail('a string does not end on its line');
  }
}

function unescape(_whole: string, hex?: string, octal?: string, other = ''): string {
  if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
  return ESCAPED[other] ?? other;
}
