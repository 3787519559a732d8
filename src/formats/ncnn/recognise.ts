/** Tells ncnn's param files by their magic number, 7767517: as text, or as an integer of 32 bits. */
export function recogniseParam(bytes: Uint8Array): boolean {
  return /^(\s*7767517\s|\xdd\x85v\0)/.test(String.fromCharCode(...bytes.subarray(0, 32)));
}
