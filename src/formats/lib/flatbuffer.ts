/**
 * Flatbuffers that anybody may have written: every offset, length and vtable is checked against the file before it is
 * followed. Offsets of tables, vectors and strings only lead forward, so that nothing can lead back to itself; what many
 * offsets lead to is read as often, and how much is read in all has a limit that follows from the file's size.
 */
import { ByteBuffer } from 'flatbuffers';
import { ImportError } from '../../core/errors.ts';

/** Bytes that may be read for each byte of the file: tables and vectors can be shared. */
const READ_AGAIN = 8;

/** Bytes that may be read besides: the least file has a few tables that all share. */
const READ_AT_LEAST = 1 << 16;

/** The bytes, and what was read of them. */
class FlatFile {
  readonly bytes: Uint8Array;
  readonly buffer: ByteBuffer;
  readonly #name: string;
  readonly #format: string;
  #left: number;

  constructor(bytes: Uint8Array, name: string, format: string) {
    this.bytes = bytes;
    this.buffer = new ByteBuffer(bytes);
    this.#name = name;
    this.#format = format;
    this.#left = READ_AGAIN * bytes.length + READ_AT_LEAST;
  }

  fail(what: string): never {
    throw new ImportError(`not a valid ${this.#format} file: ${what}`, {
      file: this.#name,
      format: this.#format,
      hint: 'The file is incomplete or damaged: download or export it again',
    });
  }

  /** Counts bytes as read. Throws ImportError unless they are in the file. */
  claim(at: number, length: number, what: string): void {
    if (at < 0 || at + length > this.bytes.length) {
      this.fail(`${what} lies at ${at}…${at + length} of ${this.bytes.length} bytes`);
    }
    this.count(length);
  }

  /** Counts bytes as read. Throws ImportError when they are more than such a file can need. */
  count(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) this.fail('its tables share more than any model does');
  }
}

/** Reads the root table of a flatbuffer. Throws ImportError that names the file when it does not lie within the bytes. */
export function flatRoot(bytes: Uint8Array, file: string, format: string): FlatTable {
  const flat = new FlatFile(bytes, file, format);
  flat.claim(0, 4, 'the root offset');
  return new FlatTable(flat, flat.buffer.readUint32(0), 'root');
}

/** A table: fields by their slots, numbered as the schema lists them. All throw ImportError where the file is damaged. */
export class FlatTable {
  readonly #file: FlatFile;
  readonly #at: number;
  /** Where the vtable begins, and what it and the table have of bytes. */
  readonly #vtable: number;
  readonly #vtableSize: number;
  readonly #size: number;
  readonly #name: string;

  /** `name` is what errors call it. */
  constructor(file: FlatFile, at: number, name: string) {
    const { buffer } = file;
    file.claim(at, 4, `table ${name}`);
    const vtable = at - buffer.readInt32(at);
    file.claim(vtable, 4, `the vtable of ${name}`);
    const [vtableSize, size] = [buffer.readUint16(vtable), buffer.readUint16(vtable + 2)];
    file.claim(vtable, vtableSize, `the vtable of ${name}`);
    file.claim(at, size, `table ${name}`);
    if (vtableSize < 4 || vtableSize % 2 !== 0 || size < 4) file.fail(`the vtable of ${name} has impossible sizes`);
    if (vtable < at + size && at < vtable + vtableSize) file.fail(`table ${name} and its vtable overlap`);
    this.#file = file;
    this.#at = at;
    this.#vtable = vtable;
    this.#vtableSize = vtableSize;
    this.#size = size;
    this.#name = name;
  }

  /** Throws ImportError that says what is wrong with the table. */
  fail(what: string): never {
    this.#file.fail(`${this.#name} ${what}`);
  }

  /** Counts bytes as read that somebody else reads: many tables may share them. Throws ImportError when that is too much. */
  count(bytes: number): void {
    this.#file.count(bytes);
  }

  /** Where a field of so many bytes lies; 0 where the table has none. */
  #field(slot: number, width: number): number {
    const entry = 4 + 2 * slot;
    const offset = entry + 2 <= this.#vtableSize ? this.#file.buffer.readUint16(this.#vtable + entry) : 0;
    if (offset === 0) return 0;
    if (offset < 4 || offset + width > this.#size) this.fail(`has field ${slot} beyond its end`);
    return this.#at + offset;
  }

  uint8(slot: number, fallback = 0): number {
    const at = this.#field(slot, 1);
    return at === 0 ? fallback : this.#file.buffer.readUint8(at);
  }

  int8(slot: number, fallback = 0): number {
    const at = this.#field(slot, 1);
    return at === 0 ? fallback : this.#file.buffer.readInt8(at);
  }

  bool(slot: number): boolean {
    return this.uint8(slot) !== 0;
  }

  int32(slot: number, fallback = 0): number {
    const at = this.#field(slot, 4);
    return at === 0 ? fallback : this.#file.buffer.readInt32(at);
  }

  uint32(slot: number, fallback = 0): number {
    return this.int32(slot, fallback) >>> 0;
  }

  float32(slot: number, fallback = 0): number {
    const at = this.#field(slot, 4);
    return at === 0 ? fallback : this.#file.buffer.readFloat32(at);
  }

  /** An unsigned 64-bit integer; those that no file can have in bytes lose their last digits. */
  uint64(slot: number): number {
    const at = this.#field(slot, 8);
    return at === 0 ? 0 : Number(this.#file.buffer.readUint64(at));
  }

  /** A table within this one; undefined where there is none. */
  table(slot: number, name: string): FlatTable | undefined {
    const at = this.#follow(slot, name);
    return at === 0 ? undefined : new FlatTable(this.#file, at, name);
  }

  /** The tables of a list; empty where there is none. */
  tables(slot: number, name: string): FlatTable[] {
    const { start, length } = this.#vector(slot, 4, name);
    return Array.from({ length }, (_, i) => {
      const at = start + 4 * i;
      return new FlatTable(this.#file, at + this.#file.buffer.readUint32(at), `${name} ${i}`);
    });
  }

  /** A text; '' where there is none. Bytes that are no UTF-8 become replacement characters. */
  string(slot: number, name: string): string {
    const at = this.#field(slot, 4);
    return at === 0 ? '' : this.#textAt(at, name);
  }

  /** The bytes of a list, not copied; none where there is no list. */
  bytes(slot: number, name: string): Uint8Array {
    const at = this.#field(slot, 4);
    return at === 0 ? new Uint8Array() : this.#bytesAt(at, name);
  }

  ints(slot: number, name: string): number[] {
    return this.#numbers(slot, 4, name, (at) => this.#file.buffer.readInt32(at));
  }

  uint16s(slot: number, name: string): number[] {
    return this.#numbers(slot, 2, name, (at) => this.#file.buffer.readUint16(at));
  }

  floats(slot: number, name: string): number[] {
    return this.#numbers(slot, 4, name, (at) => this.#file.buffer.readFloat32(at));
  }

  /** 64-bit integers; those beyond 2⁵³ lose their last digits. */
  longs(slot: number, name: string): number[] {
    return this.#numbers(slot, 8, name, (at) => Number(this.#file.buffer.readInt64(at)));
  }

  #numbers(slot: number, width: number, name: string, read: (at: number) => number): number[] {
    const { start, length } = this.#vector(slot, width, name);
    return Array.from({ length }, (_, i) => read(start + width * i));
  }

  /** Where the offset in a field leads; 0 where there is none. */
  #follow(slot: number, name: string): number {
    const at = this.#field(slot, 4);
    return at === 0 ? 0 : this.#target(at, name);
  }

  #target(at: number, name: string): number {
    const offset = this.#file.buffer.readUint32(at);
    if (offset === 0) this.fail(`has ${name} at itself`);
    return at + offset;
  }

  #textAt(at: number, name: string): string {
    const bytes = this.#bytesAt(at, name);
    this.#file.count(bytes.length);
    return new TextDecoder().decode(bytes);
  }

  /** A string or a list of bytes: the offset at `at` leads to its length. */
  #bytesAt(at: number, name: string): Uint8Array {
    const start = this.#target(at, name);
    this.#file.claim(start, 4, name);
    const length = this.#file.buffer.readUint32(start);
    // Bytes are handed on as they are: to have them costs nothing, so they are not counted as read.
    if (start + 4 + length > this.#file.bytes.length) this.fail(`has ${length} bytes of ${name} beyond the file's end`);
    return this.#file.bytes.subarray(start + 4, start + 4 + length);
  }

  /** The list that a field leads to, with elements of so many bytes. */
  #vector(slot: number, width: number, name: string): { readonly start: number; readonly length: number } {
    const at = this.#follow(slot, name);
    if (at === 0) return { start: 0, length: 0 };
    this.#file.claim(at, 4, name);
    const length = this.#file.buffer.readUint32(at);
    this.#file.claim(at + 4, length * width, name);
    return { start: at + 4, length };
  }
}
