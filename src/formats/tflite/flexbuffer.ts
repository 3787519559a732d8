/** FlexBuffers (https://flatbuffers.dev/flexbuffers), as far as the options of custom operators need them: the numbers of a map, and its lists of numbers. */

/** Types of values that matter here; indirect ones lie where an offset says. */
const KIND = {
  int: 1,
  uint: 2,
  float: 3,
  indirectInt: 6,
  indirectUint: 7,
  indirectFloat: 8,
  map: 9,
  list: 10,
  ints: 11,
  floats: 13,
  /** Lists of two to four numbers. */
  firstFew: 16,
  lastFew: 24,
  bool: 26,
} as const;

/** Options that are longer are none. */
const MOST = 2 ** 14;

/** Reads at places counted from the begin; throws RangeError beyond the ends. */
class Reader {
  readonly #view: DataView;
  /** Elements of lists so far: every key may lead to the same one. */
  #listed = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  unsigned(at: number, width: number): number {
    if (width === 1) return this.#view.getUint8(at);
    if (width === 2) return this.#view.getUint16(at, true);
    return width === 4 ? this.#view.getUint32(at, true) : Number(this.#view.getBigUint64(at, true));
  }

  signed(at: number, width: number): number {
    if (width === 1) return this.#view.getInt8(at);
    if (width === 2) return this.#view.getInt16(at, true);
    return width === 4 ? this.#view.getInt32(at, true) : Number(this.#view.getBigInt64(at, true));
  }

  /** NaN of those in half precision, which nobody writes. */
  float(at: number, width: number): number {
    if (width === 4) return this.#view.getFloat32(at, true);
    return width === 8 ? this.#view.getFloat64(at, true) : NaN;
  }

  /** Where the offset at a place leads: it counts backwards. */
  target(at: number, width: number): number {
    return at - this.unsigned(at, width);
  }

  text(from: number): string {
    let text = '';
    for (let at = from; this.unsigned(at, 1) !== 0; at++) text += String.fromCharCode(this.unsigned(at, 1));
    return text;
  }

  /** A value of a type and its own width, which stands at a place of `width`; undefined where it is no number. */
  number(packed: number, at: number, width: number): number | undefined {
    const [kind, own] = [packed >> 2, 1 << (packed & 3)];
    switch (kind) {
      case KIND.int:
        return this.signed(at, width);
      case KIND.uint:
      case KIND.bool:
        return this.unsigned(at, width);
      case KIND.float:
        return this.float(at, width);
      case KIND.indirectInt:
        return this.signed(this.target(at, width), own);
      case KIND.indirectUint:
        return this.unsigned(this.target(at, width), own);
      case KIND.indirectFloat:
        return this.float(this.target(at, width), own);
      default:
        return undefined;
    }
  }

  /** A list at the place an offset of `width` leads to, NaN of what in it is no number; undefined where it is no list. */
  list(packed: number, at: number, width: number): number[] | undefined {
    const [kind, own] = [packed >> 2, 1 << (packed & 3)];
    const few = kind >= KIND.firstFew && kind <= KIND.lastFew;
    if (!few && (kind < KIND.list || kind > KIND.floats)) return undefined;
    const begin = this.target(at, width);
    const length = few ? 2 + Math.floor((kind - KIND.firstFew) / 3) : this.unsigned(begin - own, own);
    this.#listed += length;
    if (this.#listed > MOST) throw new RangeError('the lists are too long');
    // int, uint and float follow each other, as do lists of each; of a list of any types, these stand behind it.
    const one = (few ? KIND.int + ((kind - KIND.firstFew) % 3) : KIND.int + kind - KIND.ints) << 2;
    const typeOf = (i: number): number => (kind === KIND.list ? this.unsigned(begin + length * own + i, 1) : one);
    return Array.from({ length }, (_, i) => this.number(typeOf(i), begin + i * own, own) ?? NaN);
  }
}

/** What a map holds, by keys. */
export interface FlexOptions {
  /** Numbers and booleans. */
  readonly numbers: ReadonlyMap<string, number>;
  /** Lists, NaN for what is no number in them. */
  readonly lists: ReadonlyMap<string, readonly number[]>;
}

/** The numbers, booleans and lists of the map that is the buffer's root. Throws RangeError where the bytes are no such map. */
export function flexOptions(bytes: Uint8Array): FlexOptions {
  const { length } = bytes;
  if (length > MOST) throw new RangeError('the map is too long');
  const reader = new Reader(bytes);
  const rootWidth = reader.unsigned(length - 1, 1);
  const packed = reader.unsigned(length - 2, 1);
  if (packed >> 2 !== KIND.map) throw new RangeError('the root is no map');
  const width = 1 << (packed & 3);
  const begin = reader.target(length - 2 - rootWidth, rootWidth);
  const count = reader.unsigned(begin - width, width);
  const [keys, keyWidth] = [reader.target(begin - 3 * width, width), reader.unsigned(begin - 2 * width, width)];
  const [numbers, lists] = [new Map<string, number>(), new Map<string, readonly number[]>()];
  for (let i = 0; i < count; i++) {
    const type = reader.unsigned(begin + count * width + i, 1);
    const place = begin + i * width;
    const [value, list] = [reader.number(type, place, width), reader.list(type, place, width)];
    const key = (): string => reader.text(reader.target(keys + i * keyWidth, keyWidth));
    if (value !== undefined) numbers.set(key(), value);
    else if (list) lists.set(key(), list);
  }
  return { numbers, lists };
}
