/** Measures what an adapter does at best: arithmetic, memory traffic, and what a dispatch and a round trip cost. */
import { arithmeticShader, memoryShader, nothingShader, PEAK_WORKGROUP } from '../../shaders/measure/peaks.ts';
import { packParams, type ShaderModule } from '../../shaders/lib/module.ts';
import type { AdapterPeaks, PeakSample } from './adapter-peaks.ts';
import { at } from '../util/arrays.ts';
import { GpuClock, type PassWork } from './clock.ts';
import { inErrorScopes } from '../runtime/webgpu/error-scopes.ts';
import { unlessLost } from '../runtime/webgpu/lost.ts';
import { compilePipeline } from '../runtime/webgpu/pipelines.ts';

/** Options of `measurePeaks`. */
export interface PeakOptions {
  /** Milliseconds the measurement may take, compiling aside; 2000 by default. */
  readonly budgetMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Few chains fit the registers of a CPU, many hide the latency of a GPU; turns are short enough to stay in its cache. */
const ARITHMETIC = [
  { chains: 2, length: 32 },
  { chains: 3, length: 16 },
  { chains: 4, length: 8 },
  { chains: 8, length: 8 },
] as const;
/** Vectors one invocation moves. */
const PER_INVOCATION = [1, 4] as const;
/** Buffers that memory kernels go through: the first size tells how large they may be. */
const SMALLEST_BUFFER = 2 ** 22;
/** Beyond the caches of every adapter known. */
const LARGEST_BUFFER = 2 ** 28;
/** Going through a buffer once should take no longer than this. */
const LONGEST_MS = 25;
/** A pass shorter than this is measured with a larger share of start-up than of work. */
const TARGET_MS = 6;
/** Few enough for many samples: on a busy machine only the best of many is the overhead itself. */
const DISPATCHES = 200;
/** Turns of the loop that make writing the result negligible. */
const FEW_STEPS = 64;
/** Workgroups that fill the largest GPU several times over. */
const WORKGROUP_LIMIT = 2 ** 14;

/**
 * Measures the peaks of a device. Takes about `budgetMs`, and memory for three large buffers while it runs. Rejects
 * with DeviceError DEVICE_LOST, PlanError when the device has no memory for it, and the signal's reason.
 */
export async function measurePeaks(device: GPUDevice, options: PeakOptions = {}): Promise<AdapterPeaks> {
  const { budgetMs = 2000, signal } = options;
  const bench = new PeakBench(device, signal);
  try {
    const arithmetic = await bench.arithmetic(budgetMs * 0.35);
    const bandwidth = await bench.bandwidth(budgetMs * 0.45);
    const dispatchUs = await bench.dispatchUs(budgetMs * 0.1);
    const roundTripUs = Math.max(0.001, await bench.clock.floorMs()) * 1000;
    const { timing } = bench.clock;
    return { gflops: best(arithmetic), gbps: best(bandwidth), dispatchUs, roundTripUs, timing, arithmetic, bandwidth };
  } finally {
    bench.destroy();
  }
}

function best(samples: readonly PeakSample[]): number {
  return Math.max(...samples.map(({ rate }) => rate));
}

/** A kernel ready to be timed, and the work of one pass of it. */
interface Contender {
  readonly kernel: string;
  readonly work: PassWork;
  /** Operations, or bytes, of that pass. */
  readonly amount: number;
}

class PeakBench {
  readonly clock: GpuClock;
  readonly #device: GPUDevice;
  readonly #signal: AbortSignal | undefined;
  readonly #uniforms: GPUBuffer[] = [];
  /** x, y and z of the memory kernels; y of the others. */
  #buffers: readonly GPUBuffer[] = [];

  constructor(device: GPUDevice, signal: AbortSignal | undefined) {
    this.#device = device;
    this.#signal = signal;
    this.clock = new GpuClock(device);
  }

  destroy(): void {
    for (const buffer of [...this.#buffers, ...this.#uniforms]) buffer.destroy();
    this.clock.destroy();
  }

  /** 10⁹ floating-point operations a second, by number of accumulators. */
  async arithmetic(budgetMs: number): Promise<PeakSample[]> {
    const end = performance.now() + budgetMs;
    const count = SMALLEST_BUFFER / 16;
    await this.#allocate(SMALLEST_BUFFER);
    const make = async (workgroups: number, steps: number): Promise<Contender[]> =>
      Promise.all(
        ARITHMETIC.map(async (spec) => ({
          kernel: `${spec.chains} × vec4 fma`,
          // A factor below 1 keeps the values away from infinity, and from denormals, which some processors are slow with.
          work: await this.#dispatch(arithmeticShader(spec), { steps, count, factor: 0.5, term: 1 }, [
            workgroups,
            1,
            1,
          ]),
          amount: 2 * 4 * spec.chains * spec.length * steps * workgroups * PEAK_WORKGROUP,
        })),
      );
    let [workgroups, steps] = [64, FEW_STEPS];
    let contenders = await make(workgroups, steps);
    while (steps < 2 ** 16) {
      if (!((await this.#once(contenders.slice(-1))) < TARGET_MS)) break;
      if (workgroups < WORKGROUP_LIMIT) workgroups *= 4;
      else steps *= 4;
      contenders = await make(workgroups, steps);
    }
    return this.#race(contenders, end);
  }

  /** 10⁹ bytes a second, by pattern and vectors per invocation. */
  async bandwidth(budgetMs: number): Promise<PeakSample[]> {
    const end = performance.now() + budgetMs;
    const probe = await this.#movers(1);
    await this.#once(probe);
    const bytesPerMs = SMALLEST_BUFFER / (await this.#once(probe.slice(-1)));
    const { maxStorageBufferBindingSize, maxBufferSize } = this.#device.limits;
    const largest = Math.min(LARGEST_BUFFER, maxStorageBufferBindingSize, maxBufferSize);
    const wanted = 2 ** Math.floor(Math.log2(Math.max(1, bytesPerMs * LONGEST_MS)));
    const size = Math.max(SMALLEST_BUFFER, Math.min(wanted, largest));
    await this.#allocate(size);
    const repeats = Math.min(100, Math.ceil((TARGET_MS * bytesPerMs) / size));
    return this.#race(await this.#movers(repeats), end);
  }

  /** Every memory kernel, going through the buffers `repeats` times a pass. */
  #movers(repeats: number): Promise<Contender[]> {
    const vectors = Math.floor(at(this.#buffers, 0).size / 64) * 4;
    const { maxComputeWorkgroupsPerDimension } = this.#device.limits;
    const contenders = (['copy', 'triad'] as const).flatMap((pattern) =>
      PER_INVOCATION.map(async (perInvocation): Promise<Contender> => {
        const stride = vectors / perInvocation;
        const groups = Math.ceil(stride / PEAK_WORKGROUP);
        const rows = Math.ceil(groups / maxComputeWorkgroupsPerDimension);
        const shader = memoryShader(pattern, perInvocation);
        const values = pattern === 'copy' ? { stride } : { stride, factor: 0.5 };
        const once = await this.#dispatch(shader, values, [Math.ceil(groups / rows), rows, 1]);
        const streams = pattern === 'copy' ? 2 : 3;
        return {
          kernel: `${pattern}, ${perInvocation} × vec4`,
          work: times(once, repeats),
          amount: streams * vectors * 16 * repeats,
        };
      }),
    );
    return Promise.all(contenders);
  }

  /** Microseconds a dispatch adds to a pass: the slope between few and many of them. */
  async dispatchUs(budgetMs: number): Promise<number> {
    const one = await this.#dispatch(nothingShader(), {}, [1, 1, 1]);
    let slope = Infinity;
    const end = performance.now() + budgetMs;
    do {
      const [few = NaN, many = NaN] = (await this.clock.time([one, times(one, DISPATCHES)])).map(({ ms }) => ms);
      if (many > few) slope = Math.min(slope, ((many - few) * 1000) / (DISPATCHES - 1));
      this.#signal?.throwIfAborted();
    } while (performance.now() < end);
    // A clock that never saw a difference has at least told that it is small.
    return Number.isFinite(slope) ? slope : this.clock.resolutionNs / 1000 / DISPATCHES;
  }

  /** Times contenders in turn until `end`; the best of each counts. */
  async #race(contenders: readonly Contender[], end: number): Promise<PeakSample[]> {
    const fastest = contenders.map(() => Infinity);
    const works = contenders.map(({ work }) => work);
    // The first pass over a buffer pays for its pages and for its zeros.
    await this.clock.time(works);
    do {
      this.#signal?.throwIfAborted();
      (await this.clock.time(works)).forEach(({ ms }, i) => {
        if (ms > 0) fastest[i] = Math.min(at(fastest, i), ms);
      });
    } while (performance.now() < end);
    return contenders.map(({ kernel, amount }, i) => ({ kernel, rate: amount / at(fastest, i) / 1e6 }));
  }

  /** Milliseconds of the last of these. */
  async #once(contenders: readonly Contender[]): Promise<number> {
    this.#signal?.throwIfAborted();
    const times = await this.clock.time(contenders.map(({ work }) => work));
    return Math.max(times.at(-1)?.ms ?? 0, 1e-3);
  }

  async #allocate(size: number): Promise<void> {
    for (const buffer of this.#buffers) buffer.destroy();
    const { result, verdict } = inErrorScopes(this.#device, 'the measurement of peaks', () =>
      ['x', 'y', 'z'].map((name) =>
        this.#device.createBuffer({ label: `peaks/${name}`, size, usage: GPUBufferUsage.STORAGE }),
      ),
    );
    this.#buffers = result;
    await unlessLost(this.#device, verdict);
  }

  /** One dispatch of a shader, bound to the large buffers in order. */
  async #dispatch(
    { wgsl, bindings, params }: ShaderModule,
    values: Readonly<Record<string, number>>,
    workgroups: readonly [number, number, number],
  ): Promise<PassWork> {
    const hasParams = Object.keys(params).length > 0;
    const source = { wgsl, bindings, hasParams, label: 'peaks' };
    const { pipeline, layout } = await unlessLost(this.#device, compilePipeline(this.#device, source));
    const entries: GPUBindGroupEntry[] = bindings.map((_, binding) => ({
      binding,
      resource: { buffer: at(this.#buffers, binding) },
    }));
    if (hasParams) {
      entries.push({ binding: entries.length, resource: { buffer: this.#uniform(packParams(params, values)) } });
    }
    const bindGroup = this.#device.createBindGroup({ label: 'peaks', layout, entries });
    return (pass) => {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(...workgroups);
    };
  }

  #uniform(bytes: Uint8Array): GPUBuffer {
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    const buffer = this.#device.createBuffer({ label: 'peaks/params', size: bytes.byteLength, usage });
    this.#device.queue.writeBuffer(buffer, 0, bytes.slice());
    this.#uniforms.push(buffer);
    return buffer;
  }
}

function times(work: PassWork, n: number): PassWork {
  return (pass) => {
    for (let i = 0; i < n; i++) work(pass);
  };
}
