/** Results on their way out of a plan: where each lies in one staging buffer, or in buffers of its caller's. */
import { copiedBytes, decode, stored } from '../../core/storage.ts';
import { trimmed, type Tensor } from '../../core/tensor.ts';
import type { PlanPort } from '../../plan/plan.ts';
import { at } from '../../util/arrays.ts';
import type { Region } from './input-writer.ts';

/** Where a value lies in the staging buffer. */
interface Piece {
  readonly port: PlanPort;
  readonly offset: number;
  readonly bytes: number;
}

/** An output, and the count of it where its extent depends on data. */
export interface Readback extends Piece {
  readonly count: Piece | undefined;
}

/** Lays outputs out one after the other; `bytes` is what all of them take. */
export function layOutReadbacks(outputs: readonly PlanPort[]): { readbacks: Readback[]; bytes: number } {
  let end = 0;
  const piece = (port: PlanPort): Piece => {
    const bytes = copiedBytes(port);
    end += bytes;
    return { port, offset: end - bytes, bytes };
  };
  const readbacks = outputs.map((port) => ({ ...piece(port), count: port.bounded && piece(port.bounded.count) }));
  return { readbacks, bytes: Math.max(16, end) };
}

/** Records the copies of an output, and of its count, to the staging buffer. */
export function copyToStaging(
  encoder: GPUCommandEncoder,
  { count, ...own }: Readback,
  regions: readonly Region[],
  staging: GPUBuffer,
): void {
  for (const { port, offset, bytes } of count ? [own, count] : [own]) {
    const from = at(regions, port.buffer);
    encoder.copyBufferToBuffer(from.buffer, from.offset, staging, offset, bytes);
  }
}

/** An output out of the mapped staging buffer, at its true size. */
export function tensorOfReadback({ port, offset, count }: Readback, mapped: ArrayBuffer): Tensor {
  const whole = decode(stored(port, port.storage), mapped, offset);
  if (!count || !port.bounded) return whole;
  const extent = decode(stored(count.port, count.port.storage), mapped, count.offset).data[0] ?? 0;
  return trimmed(whole, port.bounded.axis, extent);
}
