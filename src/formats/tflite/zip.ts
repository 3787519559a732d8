/** Entries of a zip archive that lies behind other bytes: its directory is at the end, and offsets count from the start. */

/** An entry of the directory. */
interface Entry {
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  /** Where its own header begins. */
  readonly at: number;
}

const END = { magic: 0x06054b50, size: 22, comment: 0xffff };
const DIRECTORY = { magic: 0x02014b50, size: 46 };
const LOCAL = { magic: 0x04034b50, size: 30 };
/** Bytes that deflate can make of one. */
const MOST_DEFLATED = 1032;

const [STORED, DEFLATED] = [0, 8];

/** The bytes of an entry; undefined where there is none of this name, or the archive is damaged, encrypted or too large. */
export async function readZipEntry(bytes: Uint8Array, name: string, maxBytes: number): Promise<Uint8Array | undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { method, packed, size, at } = findEntry(view, bytes, name) ?? { method: -1, packed: 0, size: 0, at: 0 };
  if (size > Math.min(maxBytes, MOST_DEFLATED * packed) || at + LOCAL.size > bytes.length) return undefined;
  if (view.getUint32(at, true) !== LOCAL.magic) return undefined;
  const start = at + LOCAL.size + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (start + packed > bytes.length) return undefined;
  const data = bytes.subarray(start, start + packed);
  if (method === STORED) return packed === size ? data : undefined;
  return method === DEFLATED ? inflated(data, size) : undefined;
}

function findEntry(view: DataView, bytes: Uint8Array, name: string): Entry | undefined {
  const end = findEnd(view);
  if (end === undefined) return undefined;
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0 && at + DIRECTORY.size <= end; left--) {
    if (view.getUint32(at, true) !== DIRECTORY.magic) return undefined;
    const length = view.getUint16(at + 28, true);
    const found = new TextDecoder().decode(bytes.subarray(at + DIRECTORY.size, at + DIRECTORY.size + length));
    if (found === name) {
      return {
        method: view.getUint16(at + 10, true),
        packed: view.getUint32(at + 20, true),
        size: view.getUint32(at + 24, true),
        at: view.getUint32(at + 42, true),
      };
    }
    at += DIRECTORY.size + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return undefined;
}

/** Where the record that ends the archive begins; a comment may be behind it. */
function findEnd(view: DataView): number | undefined {
  const last = view.byteLength - END.size;
  for (let at = last; at >= Math.max(0, last - END.comment); at--) {
    if (view.getUint32(at, true) === END.magic) return at;
  }
  return undefined;
}

/** What deflated bytes are; undefined unless they come to `size`. Stops as soon as they come to more. */
async function inflated(data: Uint8Array, size: number): Promise<Uint8Array | undefined> {
  const whole = new Uint8Array(size);
  let length = 0;
  try {
    const reader = new Blob([new Uint8Array(data)])
      .stream()
      .pipeThrough(new DecompressionStream('deflate-raw'))
      .getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (length + part.value.length > size) {
        await reader.cancel();
        return undefined;
      }
      whole.set(part.value, length);
      length += part.value.length;
    }
  } catch {
    return undefined;
  }
  return length === size ? whole : undefined;
}
