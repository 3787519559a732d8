/** Times compute passes: by the GPU's own timestamps where the device has them, else by the host's clock. */
import type { PassTime, Timing } from './timing.ts';
import { at, range } from '../util/arrays.ts';
import { unlessLost } from '../runtime/webgpu/lost.ts';

/** Fills a compute pass with dispatches. */
export type PassWork = (pass: GPUComputePassEncoder) => void;

/** Queries of one set; WebGPU allows 4096. */
const PASSES_PER_SUBMIT = 1024;

/** Empty submits, the shortest of which is what waiting costs by itself. */
const FLOOR_SAMPLES = 9;

/** A page gets timestamps rounded to 2¹⁶ ns. */
const COARSE_NS = 65536n;

/** A stopwatch for compute passes on one device. Not for concurrent use: one measurement at a time. */
export class GpuClock {
  readonly timing: Timing;
  readonly #device: GPUDevice;
  readonly #staging: GPUBuffer;
  readonly #queries: { readonly set: GPUQuerySet; readonly resolved: GPUBuffer } | undefined;
  #floorMs: number | undefined;
  #coarse = true;

  /** Uses timestamps when the device was made with `timestamp-query`; `wall` forces the host's clock. */
  constructor(device: GPUDevice, wall = false) {
    this.#device = device;
    this.timing = device.features.has('timestamp-query') && !wall ? 'timestamp' : 'wall';
    const bytes = PASSES_PER_SUBMIT * 16;
    this.#staging = device.createBuffer({
      label: 'clock/readback',
      size: bytes,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    if (this.timing === 'timestamp') {
      const usage = GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC;
      this.#queries = {
        set: device.createQuerySet({ label: 'clock', type: 'timestamp', count: PASSES_PER_SUBMIT * 2 }),
        resolved: device.createBuffer({ label: 'clock/resolved', size: bytes, usage }),
      };
    }
  }

  /** Nanoseconds between two readings that the clock can tell apart; 1 where it is exact. */
  get resolutionNs(): number {
    return this.timing === 'timestamp' && this.#coarse ? Number(COARSE_NS) : 1;
  }

  /** Milliseconds that submitting and waiting take by themselves; already taken off wall times. */
  async floorMs(): Promise<number> {
    if (this.#floorMs !== undefined) return this.#floorMs;
    let floor = Infinity;
    for (let i = 0; i < FLOOR_SAMPLES; i++) floor = Math.min(floor, await this.#wall(() => undefined));
    this.#floorMs = floor;
    return this.#floorMs;
  }

  /**
   * Runs passes in order and times each. With timestamps they are submitted together; otherwise each alone, less what
   * an empty submit takes. Rejects with DeviceError DEVICE_LOST.
   */
  async time(passes: readonly PassWork[]): Promise<PassTime[]> {
    if (!this.#queries) return this.#timeByHost(passes);
    const stamps: bigint[] = [];
    for (let from = 0; from < passes.length; from += PASSES_PER_SUBMIT) {
      stamps.push(...(await this.#stamps(passes.slice(from, from + PASSES_PER_SUBMIT))));
    }
    if (stamps.some((stamp) => stamp % COARSE_NS !== 0n)) this.#coarse = false;
    const first = stamps[0] ?? 0n;
    return passes.map((_, i) => {
      const [begin, end] = [at(stamps, 2 * i), at(stamps, 2 * i + 1)];
      const ms = Number(end - begin) / 1e6;
      return { start: Number(begin - first) / 1e6, ms: begin === 0n || ms < 0 ? NaN : ms };
    });
  }

  /** Frees its buffers. */
  destroy(): void {
    this.#staging.destroy();
    this.#queries?.set.destroy();
    this.#queries?.resolved.destroy();
  }

  async #stamps(passes: readonly PassWork[]): Promise<bigint[]> {
    if (!this.#queries) return [];
    const { set, resolved } = this.#queries;
    const encoder = this.#device.createCommandEncoder();
    passes.forEach((work, i) => {
      const timestampWrites = { querySet: set, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 };
      const pass = encoder.beginComputePass({ timestampWrites });
      work(pass);
      pass.end();
    });
    const count = passes.length * 2;
    encoder.resolveQuerySet(set, 0, count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, this.#staging, 0, count * 8);
    return this.#submit(encoder, (mapped) => {
      const stamps = new BigUint64Array(mapped, 0, count);
      return range(count).map((i) => at(stamps, i));
    });
  }

  async #timeByHost(passes: readonly PassWork[]): Promise<PassTime[]> {
    const floor = await this.floorMs();
    const times: PassTime[] = [];
    let start = 0;
    for (const work of passes) {
      const ms = Math.max(0, (await this.#wall(work)) - floor);
      times.push({ start, ms });
      start += ms;
    }
    return times;
  }

  async #wall(work: PassWork): Promise<number> {
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    work(pass);
    pass.end();
    encoder.clearBuffer(this.#staging, 0, 16);
    const start = performance.now();
    return this.#submit(encoder, () => performance.now() - start);
  }

  async #submit<T>(encoder: GPUCommandEncoder, read: (mapped: ArrayBuffer) => T): Promise<T> {
    this.#device.queue.submit([encoder.finish()]);
    await unlessLost(this.#device, this.#staging.mapAsync(GPUMapMode.READ));
    try {
      return read(this.#staging.getMappedRange());
    } finally {
      this.#staging.unmap();
    }
  }
}
