/** From lifetimes to buffers: which storage lies where, and which dispatches bind one buffer for several operands. */
import { PlanError } from '../core/errors.ts';
import { largestBinding, type DeviceProfile } from '../core/limits.ts';
import type { Graph } from '../ir/graph.ts';
import { valueKey } from '../ir/memory-keys.ts';
import { at } from '../util/arrays.ts';
import type { Arrangement } from './arrangement/arrange.ts';
import { companions, lifetimes, liveBytesBound, separateBytes, occupancyKey, type ScheduledCall } from './lifetimes.ts';
import type { PlanBuffer, PlanMemory } from './plan.ts';
import { assignSlots, type SlotAssignment } from './slots.ts';

/** A buffer of the plan, before it is known what enters and leaves the graph through it. */
export type BufferRegion = Omit<PlanBuffer, 'role'>;

/** Throws PlanError on what a device cannot bind at once. */
export function checkSize(what: string, bytes: number, device: DeviceProfile): void {
  const limit = largestBinding(device);
  if (bytes <= limit) return;
  throw new PlanError(`${what} takes ${bytes} bytes; this device binds at most ${limit}`, {
    hint: 'Use a smaller input or batch, or another adapter',
  });
}

/** The buffers of everything but constants. */
export class ActivationMemory {
  readonly #arrangement: Arrangement;
  /** Buffers, and parts of them. */
  readonly regions: readonly BufferRegion[];
  /** Occupancy → region. */
  readonly #regionOf: ReadonlyMap<string, number>;
  readonly memory: Omit<PlanMemory, 'weights'>;

  /** Throws PlanError when a value or scratch memory exceeds what the device binds. */
  constructor(graph: Graph, device: DeviceProfile, arrangement: Arrangement, calls: readonly ScheduledCall[]) {
    this.#arrangement = arrangement;
    const occupancies = lifetimes(graph, arrangement, calls);
    for (const { what, bytes } of occupancies.values()) checkSize(what, bytes, device);
    const lowerBound = liveBytesBound(occupancies.values(), calls.length);
    const together = companions(occupancies, arrangement, calls);
    const intervals = [...occupancies.values()].map(({ bytes, from, to }, i) => ({
      bytes,
      from,
      to,
      ...at(together, i),
    }));
    const slots = assignSlots(intervals, { largest: device.limits.maxBufferSize, bound: lowerBound });
    const bytes = intervals.map((interval) => interval.bytes);
    const { regions, regionOf } = layOut(slots, bytes);
    this.regions = regions;
    this.#regionOf = new Map([...occupancies.keys()].map((key, i) => [key, at(regionOf, i)]));
    const activations = slots.sizes.reduce((sum, size) => sum + size, 0);
    this.memory = { activations, lowerBound, naive: separateBytes(graph, arrangement) };
  }

  /** The buffer of a value, by its root; undefined for constants. */
  bufferOf(root: string): number | undefined {
    return this.#regionOf.get(valueKey(root));
  }

  /** The buffer of each operand of a dispatch; undefined for constants. */
  buffersOf({ call, position }: ScheduledCall): (number | undefined)[] {
    return call.operands.map((operand) => this.#regionOf.get(occupancyKey(operand, position, this.#arrangement) ?? ''));
  }

  /** Positions of operands that a dispatch only reads, in a buffer that it also writes. */
  readWhereWritten(scheduled: ScheduledCall): number[] {
    const { bindings } = scheduled.call.shader;
    const owners = this.buffersOf(scheduled).map((region) => (region === undefined ? undefined : this.#owner(region)));
    const written = new Set(owners.filter((_, k) => bindings[k]?.access === 'read_write'));
    return owners.flatMap((owner, k) => {
      return owner !== undefined && bindings[k]?.access === 'read' && written.has(owner) ? [k] : [];
    });
  }

  #owner(region: number): number {
    return this.regions[region]?.within?.buffer ?? region;
  }
}

/** Slots as buffers: those that several occupancies share at a time are divided into the parts that are bound. */
function layOut(
  { places, sizes }: SlotAssignment,
  bytes: readonly number[],
): { regions: BufferRegion[]; regionOf: number[] } {
  const divided = new Set(places.filter(({ offset }) => offset > 0).map(({ slot }) => slot));
  const regions: BufferRegion[] = sizes.map((size) => ({ bytes: size }));
  const parts = new Map<string, number>();
  const regionOf = places.map(({ slot, offset }, i) => {
    if (!divided.has(slot)) return slot;
    const key = `${slot} ${offset} ${at(bytes, i)}`;
    let part = parts.get(key);
    if (part === undefined) {
      part = regions.push({ bytes: at(bytes, i), within: { buffer: slot, offset } }) - 1;
      parts.set(key, part);
    }
    return part;
  });
  return { regions, regionOf };
}
