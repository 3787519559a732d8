/** The one parameter buffer of a plan: every dispatch's block at an aligned offset, equal blocks once. */
import type { DeviceProfile } from '../core/limits.ts';
import { roundUp } from '../util/arrays.ts';

/** Collects parameter blocks. */
export class Params {
  readonly #blocks: { readonly offset: number; readonly bytes: Uint8Array }[] = [];
  readonly #offsets = new Map<string, number>();
  #end = 0;

  /** Offset of a block with these bytes, in bytes from the start of the buffer. */
  add(bytes: Uint8Array, { limits }: DeviceProfile): number {
    const key = bytes.join();
    const known = this.#offsets.get(key);
    if (known !== undefined) return known;
    const offset = this.#end;
    this.#blocks.push({ offset, bytes });
    this.#offsets.set(key, offset);
    this.#end = roundUp(offset + bytes.byteLength, limits.minUniformBufferOffsetAlignment);
    return offset;
  }

  /** The contents of the buffer. */
  get packed(): Uint8Array {
    const packed = new Uint8Array(this.#end);
    for (const { offset, bytes } of this.#blocks) packed.set(bytes, offset);
    return packed;
  }
}
