/** The modules of kernels: loaded, unpacked and compiled once, family by family. */
import { DeviceError } from '../../core/errors.ts';
import { Lazy } from '../../core/on-demand.ts';
import type { KernelFamily, KernelName } from '../../simd/definition.ts';

/** A module as `packaging/kernels.ts` writes it: deflated, in base64. */
interface PackedModule {
  readonly packed: string;
}

/** By family: for every engine, and for those with relaxed SIMD. */
const PACKED: Readonly<
  Record<KernelFamily, readonly [plain: () => Promise<PackedModule>, relaxed: () => Promise<PackedModule>]>
> = {
  activation: [() => import('./generated/activation.ts'), () => import('./generated/activation-relaxed.ts')],
  conv: [() => import('./generated/conv.ts'), () => import('./generated/conv-relaxed.ts')],
  depthwise: [() => import('./generated/depthwise.ts'), () => import('./generated/depthwise-relaxed.ts')],
  elementwise: [() => import('./generated/elementwise.ts'), () => import('./generated/elementwise-relaxed.ts')],
  move: [() => import('./generated/move.ts'), () => import('./generated/move-relaxed.ts')],
  normalise: [() => import('./generated/normalise.ts'), () => import('./generated/normalise-relaxed.ts')],
  pool: [() => import('./generated/pool.ts'), () => import('./generated/pool-relaxed.ts')],
  product: [() => import('./generated/product.ts'), () => import('./generated/product-relaxed.ts')],
  quantise: [() => import('./generated/quantise.ts'), () => import('./generated/quantise-relaxed.ts')],
  reduce: [() => import('./generated/reduce.ts'), () => import('./generated/reduce-relaxed.ts')],
  sample: [() => import('./generated/sample.ts'), () => import('./generated/sample-relaxed.ts')],
  winograd: [() => import('./generated/winograd.ts'), () => import('./generated/winograd-relaxed.ts')],
};

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

const compiled = new Map<KernelFamily, Promise<WebAssembly.Module>>();

/**
 * The compiled module of a family. Rejects with LoadError when it cannot be fetched, and DeviceError NO_DEVICE where the engine
 * refuses it.
 */
export function loadModule(family: KernelFamily): Promise<WebAssembly.Module> {
  let loading = compiled.get(family);
  if (!loading) {
    const packed = new Lazy(`WASM kernels (${family})`, PACKED[family][hasRelaxedSimd() ? 1 : 0]);
    loading = packed.load().then(unpack);
    // Whoever comes after a failure tries again.
    loading.catch(() => compiled.delete(family));
    compiled.set(family, loading);
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
 * The modules of these families, as instances on one memory. What a module imports besides is a function that `activation` has:
 * results pass through it while they are in the cache.
 */
export async function instantiate(
  families: ReadonlySet<KernelFamily>,
  memory: WebAssembly.Memory,
): Promise<Map<KernelFamily, WebAssembly.Exports>> {
  const modules = new Map(
    await Promise.all(Array.from(families, async (family) => [family, await loadModule(family)] as const)),
  );
  const importing = [...modules.values()].some((module) => WebAssembly.Module.imports(module).length > 1);
  const activation = importing
    ? await WebAssembly.instantiate(await loadModule('activation'), { env: { memory } })
    : null;
  const env = { memory, ...(activation?.exports as WebAssembly.ModuleImports) };
  const exports = Array.from(modules, async ([family, module]) => {
    return [family, (await WebAssembly.instantiate(module, { env })).exports] as const;
  });
  return new Map(await Promise.all(exports));
}

/** The family that a kernel's name begins with. */
export function familyOf(kernel: KernelName): KernelFamily {
  return kernel.slice(0, kernel.indexOf('/')) as KernelFamily;
}

function compileError(cause: unknown): unknown {
  if (!(cause instanceof WebAssembly.CompileError)) return cause;
  return new DeviceError('NO_DEVICE', `WebAssembly is refused here (${cause.message})`, {
    hint: "Let the page's Content-Security-Policy have 'wasm-unsafe-eval' in script-src, or use another backend",
    cause,
  });
}
