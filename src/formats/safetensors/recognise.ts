/** Tells safetensors files by how they begin. */

/** Longest header the reference implementation accepts. */
export const MAX_HEADER = 100_000_000;

/** Bytes before the header: its length. */
export const PREFIX = 8;

/** True when the bytes begin like a safetensors file: a plausible header length and a JSON object. */
export function recogniseSafetensors(bytes: Uint8Array): boolean {
  return bytes.length > PREFIX && bytes[PREFIX] === 0x7b && headerLength(bytes) <= MAX_HEADER;
}

/** Bytes of the header; the file has at least `PREFIX`. */
export function headerLength(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, PREFIX);
  return Number(view.getBigUint64(0, true));
}
