/** The modules of kernels: loaded, unpacked and compiled once, one by one. */
import { DeviceError, GraphError } from '../../core/errors.ts';
import { onDemand } from '../../core/on-demand.ts';
import type { KernelFamily, KernelName } from '../../simd/definition.ts';
import type { SimdPlan } from '../../simd/plan.ts';

/** A module as `packaging/kernels.ts` writes it: deflated, in base64. */
interface PackedModule {
  readonly packed: string;
}

/** A module: one family of kernels, or `base`, which has those that nearly every network needs. */
export type KernelModule = 'base' | Exclude<KernelFamily, 'conv' | 'depthwise' | 'pool' | 'product'>;

type Load = () => Promise<PackedModule>;

/** By module: for every engine, and for those with relaxed SIMD. */
const PACKED: Readonly<Record<KernelModule, readonly [plain: Load, relaxed: Load]>> = {
  activation: [() => import('./generated/activation.ts'), () => import('./generated/activation-relaxed.ts')],
  base: [() => import('./generated/base.ts'), () => import('./generated/base-relaxed.ts')],
  elementwise: [() => import('./generated/elementwise.ts'), () => import('./generated/elementwise-relaxed.ts')],
  move: [() => import('./generated/move.ts'), () => import('./generated/move-relaxed.ts')],
  normalise: [() => import('./generated/normalise.ts'), () => import('./generated/normalise-relaxed.ts')],
  quantise: [() => import('./generated/quantise.ts'), () => import('./generated/quantise-relaxed.ts')],
  reduce: [() => import('./generated/reduce.ts'), () => import('./generated/reduce-relaxed.ts')],
  sample: [() => import('./generated/sample.ts'), () => import('./generated/sample-relaxed.ts')],
  winograd: [() => import('./generated/winograd.ts'), () => import('./generated/winograd-relaxed.ts')],
};

/** The modules of the kernels that a plan calls, and `activation` where these call it. */
export function modulesOf({ steps }: SimdPlan): Set<KernelModule> {
  return new Set(
    steps.flatMap((step): KernelModule[] => {
      if (step.kind === 'reference') return [];
      return step.activates ? ['activation', moduleOf(step.kernel)] : [moduleOf(step.kernel)];
    }),
  );
}

/** The module that a kernel is in. */
export function moduleOf(kernel: KernelName): KernelModule {
  const family = kernel.slice(0, kernel.indexOf('/'));
  return family in PACKED ? (family as KernelModule) : 'base';
}

/** What helps where an engine refuses WebAssembly. */
const REMEDY =
  "Let the page's Content-Security-Policy have 'wasm-unsafe-eval' in script-src, use a browser that has WebAssembly SIMD and " +
  "DecompressionStream, or pass { backend: 'webgpu' }";

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

const compiled = new Map<string, Promise<WebAssembly.Module>>();

/**
 * A module, compiled, for memory that threads share or not. Rejects with LoadError when it cannot be fetched, and DeviceError
 * NO_DEVICE where the engine refuses it.
 */
export function loadModule(name: KernelModule, shared: boolean): Promise<WebAssembly.Module> {
  const key = `${name} ${shared}`;
  let loading = compiled.get(key);
  if (!loading) {
    const packed = onDemand(`WASM kernels (${name})`, PACKED[name][hasRelaxedSimd() ? 1 : 0]);
    loading = packed.then((module) => unpack(module, shared));
    // Whoever comes after a failure tries again.
    loading.catch(() => compiled.delete(key));
    compiled.set(key, loading);
  }
  return loading;
}

async function unpack({ packed }: PackedModule, shared: boolean): Promise<WebAssembly.Module> {
  const deflated = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  try {
    const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    if (shared) bytes[limitsOf(bytes)] = SHARED_LIMITS;
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new DeviceError('NO_DEVICE', `the WASM backend cannot run here (${String(cause)})`, { hint: REMEDY, cause });
  }
}

/** How a module says that it imports `env.memory`, a memory, which has a maximum and is not shared; and the last, where it is. */
const MEMORY_IMPORT = [3, ...bytesOf('env'), 6, ...bytesOf('memory'), 2, 1];
const SHARED_LIMITS = 3;

function bytesOf(text: string): number[] {
  return Array.from(text, (c) => c.charCodeAt(0));
}

/** Where a module says whether its memory is shared. */
function limitsOf(bytes: Uint8Array): number {
  const begin = bytes.findIndex((_, i) => MEMORY_IMPORT.every((byte, k) => bytes[i + k] === byte));
  if (begin < 0) throw new TypeError('the module imports no memory');
  return begin + MEMORY_IMPORT.length - 1;
}

/** These modules, `activation` first: the others import a function of it, as results pass through activations in the cache. */
export async function loadModules(
  names: ReadonlySet<KernelModule>,
  shared: boolean,
): Promise<Map<KernelModule, WebAssembly.Module>> {
  const all = [...names].sort((a, b) => Number(b === 'activation') - Number(a === 'activation'));
  return new Map(await Promise.all(all.map(async (name) => [name, await loadModule(name, shared)] as const)));
}

/** Modules, in the order of `loadModules`, as instances on one memory. */
export async function instancesOf(
  modules: ReadonlyMap<KernelModule, WebAssembly.Module>,
  memory: WebAssembly.Memory,
): Promise<Map<KernelModule, WebAssembly.Exports>> {
  const env: WebAssembly.ModuleImports = { memory, activateRow: withoutActivations };
  const instances = new Map<KernelModule, WebAssembly.Exports>();
  for (const [name, module] of modules) {
    const { exports } = await WebAssembly.instantiate(module, { env });
    instances.set(name, exports);
    if (name === 'activation') Object.assign(env, exports);
  }
  return instances;
}

/** In the place of `activateRow` where no call of a plan says that it needs it. */
export function withoutActivations(): never {
  throw new GraphError('a kernel calls activations, which its plan does not say');
}
