/** Protocol-buffer writing: fields in the order they are given, nested messages with their lengths before them. */

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

/** Writes one message. What is given is not copied before `finish`. */
export class ProtoWriter {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  /** An integer of up to 64 bits; a negative one in two's complement. */
  int(field: number, value: number | bigint): void {
    this.#tag(field, VARINT);
    this.#varint(value);
  }

  /** A 32-bit float. */
  float(field: number, value: number): void {
    this.#tag(field, FIXED32);
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.#push(bytes);
  }

  /** Text as UTF-8. */
  string(field: number, text: string): void {
    this.bytes(field, new TextEncoder().encode(text));
  }

  /** Bytes as they are. */
  bytes(field: number, bytes: Uint8Array): void {
    this.#tag(field, BYTES);
    this.#varint(bytes.length);
    this.#push(bytes);
  }

  /** A nested message. */
  message(field: number, write: (w: ProtoWriter) => void): void {
    const inner = new ProtoWriter();
    write(inner);
    this.#tag(field, BYTES);
    this.#varint(inner.#length);
    for (const piece of inner.#pieces) this.#push(piece);
  }

  /** Integers in one packed field; none at all write nothing. */
  packedInts(field: number, values: readonly (number | bigint)[]): void {
    if (values.length === 0) return;
    this.message(field, (w) => {
      for (const value of values) w.#varint(value);
    });
  }

  /** The bytes of the message. */
  finish(): Uint8Array {
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  #tag(field: number, wire: number): void {
    this.#varint(field * 8 + wire);
  }

  #varint(value: number | bigint): void {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    do {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      bytes.push(rest > 0n ? low | 0x80 : low);
    } while (rest > 0n);
    this.#push(Uint8Array.from(bytes));
  }

  #push(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#length += bytes.length;
  }
}
