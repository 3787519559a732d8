/** The modules of kernels: loaded, unpacked and compiled once, one by one. */
import { DeviceError } from '../../core/errors.ts';
import { Lazy } from '../../core/on-demand.ts';
import type { KernelFamily, KernelName } from '../../simd/definition.ts';
import { at } from '../../util/arrays.ts';

/** A module as `packaging/kernels.ts` writes it: deflated, in base64. */
interface PackedModule {
  readonly packed: string;
}

/** A module: one family of kernels, or `base`, which has those that nearly every network needs. */
export type KernelModule = 'base' | Exclude<KernelFamily, 'activation' | 'conv' | 'depthwise' | 'pool' | 'product'>;

type Load = () => Promise<PackedModule>;

/** By module: for every engine, and for those with relaxed SIMD. */
const PACKED: Readonly<Record<KernelModule, readonly [plain: Load, relaxed: Load]>> = {
  base: [() => import('./generated/base.ts'), () => import('./generated/base-relaxed.ts')],
  elementwise: [() => import('./generated/elementwise.ts'), () => import('./generated/elementwise-relaxed.ts')],
  move: [() => import('./generated/move.ts'), () => import('./generated/move-relaxed.ts')],
  normalise: [() => import('./generated/normalise.ts'), () => import('./generated/normalise-relaxed.ts')],
  quantise: [() => import('./generated/quantise.ts'), () => import('./generated/quantise-relaxed.ts')],
  reduce: [() => import('./generated/reduce.ts'), () => import('./generated/reduce-relaxed.ts')],
  sample: [() => import('./generated/sample.ts'), () => import('./generated/sample-relaxed.ts')],
  winograd: [() => import('./generated/winograd.ts'), () => import('./generated/winograd-relaxed.ts')],
};

/** The module that a kernel is in. */
export function moduleOf(kernel: KernelName): KernelModule {
  const family = kernel.slice(0, kernel.indexOf('/'));
  return family in PACKED ? (family as KernelModule) : 'base';
}

/** A module that is valid only where the engine has relaxed SIMD: a function that gives relaxed_madd of a constant. */
const RELAXED_PROBE = Uint8Array.from(
  '0 97 115 109 1 0 0 0 1 5 1 96 0 1 123 3 2 1 0 10 19 1 17 0 65 0 253 17 65 0 253 17 65 0 253 17 253 133 2 11'.split(
    ' ',
  ),
  Number,
);

let relaxed: boolean | undefined;

/** True where the engine has relaxed SIMD. */
export function hasRelaxedSimd(): boolean {
  relaxed ??= WebAssembly.validate(RELAXED_PROBE);
  return relaxed;
}

const compiled = new Map<KernelModule, Promise<WebAssembly.Module>>();

/** A module, compiled. Rejects with LoadError when it cannot be fetched, and DeviceError NO_DEVICE where the engine refuses it. */
export function loadModule(name: KernelModule): Promise<WebAssembly.Module> {
  let loading = compiled.get(name);
  if (!loading) {
    const packed = new Lazy(`WASM kernels (${name})`, PACKED[name][hasRelaxedSimd() ? 1 : 0]);
    loading = packed.load().then(unpack);
    // Whoever comes after a failure tries again.
    loading.catch(() => compiled.delete(name));
    compiled.set(name, loading);
  }
  return loading;
}

async function unpack({ packed }: PackedModule): Promise<WebAssembly.Module> {
  const deflated = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const bytes = await new Response(stream).arrayBuffer();
  return WebAssembly.compile(bytes).catch((cause: unknown) => {
    throw compileError(cause);
  });
}

/**
 * Modules as instances on one memory. What they import besides is a function of `base`: results pass through activations while they
 * are in the cache.
 */
export async function instantiate(
  names: Iterable<KernelModule>,
  memory: WebAssembly.Memory,
): Promise<Map<KernelModule, WebAssembly.Exports>> {
  const others = [...new Set(names)].filter((name) => name !== 'base');
  const [base, ...modules] = await Promise.all([loadModule('base'), ...others.map(loadModule)]);
  const { exports } = await WebAssembly.instantiate(base, { env: { memory } });
  const env = { memory, ...(exports as WebAssembly.ModuleImports) };
  const made = await Promise.all(modules.map((module) => WebAssembly.instantiate(module, { env })));
  return new Map([['base', exports], ...made.map((one, i) => [at(others, i), one.exports] as const)]);
}

function compileError(cause: unknown): unknown {
  if (!(cause instanceof WebAssembly.CompileError)) return cause;
  return new DeviceError('NO_DEVICE', `WebAssembly is refused here (${cause.message})`, {
    hint: "Let the page's Content-Security-Policy have 'wasm-unsafe-eval' in script-src, or use another backend",
    cause,
  });
}
