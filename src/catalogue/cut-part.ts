/** Models that lie inside a larger file, as packages join what their own loader takes apart. */
import type { FilePart } from './entry.ts';

/** A file, by its name and bytes. */
interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The file that lies inside another, whose checksum was compared; that itself without a part. Its bytes are copied: a part begins at any byte. */
export function cutPart(whole: NamedBytes, part: FilePart | undefined): NamedBytes {
  return part ? { name: part.name, bytes: whole.bytes.slice(part.start, part.end) } : whole;
}
