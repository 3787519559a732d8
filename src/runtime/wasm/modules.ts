/** The modules of kernels: loaded, unpacked and compiled once, one by one. */
import { GraphError } from '../../core/errors.ts';
import { lazy, onDemand } from '../../core/on-demand.ts';
import type { KernelName } from '../../simd/definition.ts';
import type { SimdPlan } from '../../simd/plan.ts';
import type { FurtherModule, ModuleBuilds, PackedModule } from './further-modules.ts';

/** One family, or `base`, which has those that nearly every network needs. */
export type KernelModule = 'base' | FurtherModule;

const BASE: ModuleBuilds = [() => import('./generated/base.ts'), () => import('./generated/base-relaxed.ts')];

const FURTHER = lazy(() => import('./further-modules.ts'), 'FURTHER_MODULES');

/** The modules of the kernels that a plan calls, and `activation` where these call it. */
export function modulesOf({ steps }: SimdPlan): Set<KernelModule> {
  return new Set(
    steps.flatMap((step): KernelModule[] => {
      if (step.kind === 'reference') return [];
      return step.activates ? ['activation', moduleOf(step.kernel)] : [moduleOf(step.kernel)];
    }),
  );
}

const BASE_FAMILIES = /^(conv|depthwise|pool|product)\//;

/** The module that a kernel is in. */
export function moduleOf(kernel: KernelName): KernelModule {
  const [family] = kernel.split('/');
  return (BASE_FAMILIES.test(kernel) ? 'base' : family) as KernelModule;
}

/** A module that is valid only where the engine has relaxed SIMD: a function that gives relaxed_madd of a constant. */
const RELAXED_PROBE = 'AGFzbQEAAAABBQFgAAF7AwIBAAoTAREAQQD9EUEA/RFBAP0R/YUCCw==';

let relaxed: boolean | undefined;

/** True where the engine has relaxed SIMD. */
export function hasRelaxedSimd(): boolean {
  relaxed ??= WebAssembly.validate(bytesOf(RELAXED_PROBE));
  return relaxed;
}

/** Errors: few pages see one. */
export const REFUSALS = lazy(() => import('./refusals.ts'), 'WASM_REFUSALS');

const SHARED = lazy(() => import('./shared-memory.ts'), 'takeSharedMemory');

const compiled = new Map<string, Promise<WebAssembly.Module>>();

/**
 * A module, compiled, for memory that threads share or not. Rejects with LoadError when it cannot be fetched, and DeviceError
 * NO_DEVICE where the engine refuses it.
 */
export function loadModule(name: KernelModule, shared: boolean): Promise<WebAssembly.Module> {
  const key = `${name} ${shared}`;
  let loading = compiled.get(key);
  if (!loading) {
    loading = fetchModule(name).then((module) => unpack(module, shared));
    // Whoever comes after a failure tries again.
    loading.catch(() => compiled.delete(key));
    compiled.set(key, loading);
  }
  return loading;
}

async function fetchModule(name: KernelModule): Promise<PackedModule> {
  const builds = name === 'base' ? BASE : (await FURTHER.load())[name];
  return onDemand(`WASM kernels (${name})`, builds[hasRelaxedSimd() ? 1 : 0]);
}

async function unpack({ packed }: PackedModule, shared: boolean): Promise<WebAssembly.Module> {
  try {
    const bytes = await inflated(bytesOf(packed));
    if (shared) (await SHARED.load())(bytes);
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw (await REFUSALS.load()).ofModule(cause);
  }
}

/** Without Response, which takes Node 50 ms to load. */
async function inflated(deflated: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([deflated]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let part = await reader.read(); !part.done; part = await reader.read()) parts.push(part.value);
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** What base64 stands for. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
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
    Object.assign(env, exports);
  }
  return instances;
}

/** In the place of `activateRow` where no call of a plan says that it needs it. */
export function withoutActivations(): never {
  throw new GraphError('a plan does not say that it activates');
}
