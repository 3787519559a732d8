/**
 * Bounds-checked protocol-buffer reading: every length is checked against the bytes that remain, in the message and in those
 * around it, before anything is read or allocated.
 */
import { ImportError } from '../../core/errors.ts';

/** How each known field of a message is read into `target`, by field number. Unknown fields are skipped. */
export type MessageSchema<T> = Readonly<Record<number, (target: T, reader: ProtoReader) => void>>;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Deeper nesting than any real model has; bounds recursion on hostile files. */
const MAX_DEPTH = 64;

/** Reads one message tree. Every method throws ImportError naming the file when the bytes do not fit. */
export class ProtoReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #file: string;
  #pos = 0;
  #end: number;
  #depth = 0;
  #wire = 0;
  #field = 0;

  constructor(bytes: Uint8Array, file: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#file = file;
    this.#end = bytes.length;
  }

  /** Reads the whole buffer as one message. */
  root<T>(schema: MessageSchema<T>, target: T): T {
    return this.#fields(schema, target);
  }

  /** A nested message. */
  message<T>(schema: MessageSchema<T>, target: T): T {
    const outer = this.#end;
    if (++this.#depth > MAX_DEPTH) this.#fail(`messages are nested deeper than ${MAX_DEPTH}`);
    this.#end = this.#extent();
    this.#fields(schema, target);
    this.#end = outer;
    this.#depth--;
    return target;
  }

  /** A signed integer or an enum; beyond 2⁵³ the nearest double. */
  int(): number {
    this.#expect(VARINT);
    return this.#varint(true);
  }

  /** Appends a repeated signed integer, packed or not. */
  ints(list: number[]): void {
    this.#varints(list, true);
  }

  /** Appends a repeated unsigned integer, packed or not. */
  uints(list: number[]): void {
    this.#varints(list, false);
  }

  /** A float32. */
  float(): number {
    this.#expect(FIXED32);
    this.#need(4);
    return this.#float();
  }

  /** Appends a repeated float32, packed or not. */
  floats(list: number[]): void {
    if (this.#wire !== BYTES) {
      list.push(this.float());
      return;
    }
    const end = this.#extent();
    if ((end - this.#pos) % 4 !== 0) this.#fail('packed floats do not fill whole elements');
    while (this.#pos < end) list.push(this.#float());
  }

  /** Appends the little-endian bytes of a repeated float32 (`width` 4) or double (`width` 8), packed or not. */
  fixedBytes(chunks: Uint8Array[], width: 4 | 8): void {
    if (this.#wire === BYTES) {
      const end = this.#extent();
      if ((end - this.#pos) % width !== 0) this.#fail('packed elements are cut short');
      chunks.push(this.#take(end - this.#pos));
      return;
    }
    this.#expect(width === 4 ? FIXED32 : FIXED64);
    this.#need(width);
    chunks.push(this.#take(width));
  }

  /** A byte string: a view into the file, not a copy. */
  bytes(): Uint8Array {
    this.#expect(BYTES);
    return this.#take(this.#extent() - this.#pos);
  }

  /** A UTF-8 string. */
  string(): string {
    return new TextDecoder().decode(this.bytes());
  }

  #float(): number {
    const value = this.#view.getFloat32(this.#pos, true);
    this.#pos += 4;
    return value;
  }

  #fields<T>(schema: MessageSchema<T>, target: T): T {
    const end = this.#end;
    while (this.#pos < end) {
      this.#header();
      const read = schema[this.#field];
      if (read) read(target, this);
      else this.#skip();
    }
    return target;
  }

  #header(): void {
    const tag = this.#varint(false);
    this.#field = Math.floor(tag / 8);
    this.#wire = tag % 8;
    if (this.#field === 0) this.#fail('field number 0');
  }

  #skip(): void {
    if (this.#wire === VARINT) this.#varint(false);
    else if (this.#wire === BYTES) this.#pos = this.#extent();
    else if (this.#wire === FIXED32 || this.#wire === FIXED64) {
      const width = this.#wire === FIXED32 ? 4 : 8;
      this.#need(width);
      this.#pos += width;
    } else this.#fail(`wire type ${this.#wire}`);
  }

  #varints(list: number[], signed: boolean): void {
    if (this.#wire !== BYTES) {
      this.#expect(VARINT);
      list.push(this.#varint(signed));
      return;
    }
    const outer = this.#end;
    this.#end = this.#extent();
    while (this.#pos < this.#end) list.push(this.#varint(signed));
    this.#end = outer;
  }

  #varint(signed: boolean): number {
    const start = this.#pos;
    // Seven bits a byte, ten bytes at most.
    const most = Math.min(this.#end, start + 10);
    let [value, long] = [0, 0n];
    for (let pos = start; pos < most; pos++) {
      const byte = this.#bytes[pos] ?? 0;
      const shift = 7 * (pos - start);
      // Numbers hold the first seven bytes; all 64 bits, and a sign, take more.
      if (shift < 49) value += (byte & 0x7f) * 2 ** shift;
      else long += BigInt(byte & 0x7f) << BigInt(shift);
      if (byte >= 0x80) continue;
      this.#pos = pos + 1;
      if (long === 0n) return value;
      const whole = long + BigInt(value);
      return Number(signed ? BigInt.asIntN(64, whole) : BigInt.asUintN(64, whole));
    }
    return this.#fail('an integer is cut short');
  }

  /** Reads a length and returns where the delimited bytes end. */
  #extent(): number {
    this.#expect(BYTES);
    const length = this.#varint(false);
    this.#need(length);
    return this.#pos + length;
  }

  #take(length: number): Uint8Array {
    const start = this.#pos;
    this.#pos += length;
    return this.#bytes.subarray(start, this.#pos);
  }

  #need(length: number): void {
    const left = this.#end - this.#pos;
    if (length > left) this.#fail(`${length} bytes are declared, ${left} remain`);
  }

  #expect(wire: number): void {
    if (this.#wire !== wire) this.#fail(`wire type ${this.#wire} instead of ${wire}`);
  }

  #fail(what: string): never {
    throw new ImportError(`the file is truncated or corrupt: field ${this.#field} at byte ${this.#pos}: ${what}`, {
      file: this.#file,
      hint: 'Download or export it again',
    });
  }
}
