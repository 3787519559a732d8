/**
 * Runs plans on WASM as hostile as they may be run: memory is full of old bytes, every value has guards around it, and the units
 * of a call come whole, one at a time, or in the wrong order. The executor runs them whole only.
 */
import { hostView } from '../../src/core/dtype.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { instancesOf, loadModules, moduleOf, modulesOf, type KernelModule } from '../../src/runtime/wasm/modules.ts';
import { ReferenceWalk } from '../../src/runtime/wasm/reference.ts';
import { writePacked } from '../../src/runtime/wasm/write-packed.ts';
import { MemoryValues } from '../../src/runtime/wasm/values.ts';
import type { KernelName } from '../../src/simd/definition.ts';
import type { KernelStep, SimdPlan } from '../../src/simd/plan.ts';
import { at, ceilDiv } from '../../src/util/arrays.ts';

/** How the units of a call are divided, and what memory holds before: the byte everywhere. */
export interface Division {
  readonly name: string;
  readonly old: number;
  /** Ranges of units in the order in which they are done. */
  readonly ranges: (units: number) => readonly (readonly [begin: number, end: number])[];
}

/** All at once; one after another; and in parts from the last to the first. Bytes of 255 are NaN, and −1. */
export const DIVISIONS: readonly Division[] = [
  { name: 'whole', old: 0xff, ranges: (units) => [[0, units]] },
  { name: 'one by one', old: 0x3c, ranges: (units) => Array.from({ length: units }, (_, k) => [k, k + 1]) },
  {
    name: 'backwards',
    old: 0xff,
    ranges: (units) =>
      Array.from({ length: ceilDiv(units, 3) }, (_, k) => [Math.max(0, units - 3 * k - 3), units - 3 * k]),
  },
];

/** Bytes of a guard: more than any kernel takes at once. */
export const GUARD = 256;

type Kernel = (params: number, begin: number, end: number, scratch: number) => void;

const PAGE = 65536;

/**
 * One memory for all plans, one after another, and the modules on it: neither is made thousands of times. Plans that say nothing of
 * activations have instances that throw where they would call one.
 */
const memory = new WebAssembly.Memory({ initial: 64, maximum: PAGE });
const plain = new Map<KernelModule, WebAssembly.Exports>();
const activating = new Map<KernelModule, WebAssembly.Exports>();

function instancesFor(names: ReadonlySet<KernelModule>): Map<KernelModule, WebAssembly.Exports> {
  return names.has('activation') ? activating : plain;
}

/** Modules as instances on a memory that is not shared. */
export async function instantiate(
  names: ReadonlySet<KernelModule>,
  memory: WebAssembly.Memory,
): Promise<Map<KernelModule, WebAssembly.Exports>> {
  return instancesOf(await loadModules(names, false), memory);
}

/** Where kernels come from, and who is told of a plan before it runs. */
export interface KernelSource {
  readonly instantiate: typeof instantiate;
  readonly begin: (plan: SimdPlan) => void;
}

let source: KernelSource = { instantiate, begin: () => undefined };

/** Takes kernels from elsewhere, from now on. */
export function takeKernelsFrom(other: KernelSource): void {
  source = other;
  plain.clear();
  activating.clear();
}

/** Loads what a plan calls. */
export async function loadKernels(plan: SimdPlan): Promise<void> {
  const names = modulesOf(plan);
  const instances = instancesFor(names);
  const needed = [...names].filter((name) => name === 'activation' || !instances.has(name));
  if (needed.every((name) => instances.has(name))) return;
  for (const [name, exports] of await source.instantiate(new Set(needed), memory)) instances.set(name, exports);
}

function kernelOf(plan: SimdPlan, name: KernelName): Kernel {
  const kernel = instancesFor(modulesOf(plan)).get(moduleOf(name))?.[name.slice(name.indexOf('/') + 1)];
  if (typeof kernel !== 'function') throw new Error(`there is no kernel ${name}`);
  return kernel as Kernel;
}

/**
 * Runs a plan once, whose kernels are loaded, and gives its outputs. Throws an Error when a guard, a constant, an input or the
 * parameters are not as they were.
 */
export function runInMemory(plan: SimdPlan, feeds: ReadonlyMap<string, Tensor>, division: Division): Tensor[] {
  const lacking = plan.bytes - memory.buffer.byteLength;
  if (lacking > 0) memory.grow(ceilDiv(lacking, PAGE));
  new Uint8Array(memory.buffer, 0, plan.bytes).fill(division.old);
  source.begin(plan);
  const before = fill(plan, feeds);
  const values = new ReferenceWalk(new MemoryValues(plan, memory));
  for (const step of plan.steps) {
    if (step.kind === 'reference') values.run(step.node);
    else call(plan, step, division);
  }
  requireUntouched(plan, division.old, before);
  return plan.graph.outputs.map((name) => {
    const value = values.get(name);
    if (!value) throw new Error(`there is no "${name}"`);
    return { ...value, data: value.data.slice() };
  });
}

function call(plan: SimdPlan, { kernel: name, params, units }: KernelStep, { old, ranges }: Division): void {
  const { scratch, guards } = plan;
  const kernel = kernelOf(plan, name);
  const address = at(scratch, 0);
  const end = guards.find((guard) => guard.address >= address)?.address ?? address;
  for (const [from, to] of ranges(units)) {
    // A unit may find what another left there, or nothing.
    new Uint8Array(memory.buffer, address, end - address).fill(old);
    kernel(params, from, to, address);
  }
}

/** What a run may write into once it is read, where memory is shared: there are no guards then. */
const INPUT = 'an input';

/** Bytes that a run leaves as they are. */
interface Kept {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly what: string;
}

/** Writes what there is before a run. */
function fill(plan: SimdPlan, feeds: ReadonlyMap<string, Tensor>): readonly Kept[] {
  const { constants, packed, params, values, guards } = plan;
  const { buffer } = memory;
  const regions: Omit<Kept, 'bytes'>[] = [];
  const sizes: number[] = [];
  const keep = (address: number, bytes: number, what: string): void => {
    regions.push({ address, what });
    sizes.push(bytes);
  };
  const write = (address: number, { dtype, data }: Tensor, what: string): void => {
    const view = hostView(dtype, buffer, address, data.length);
    view.set(data);
    if (what !== INPUT || guards.length > 0) keep(address, view.byteLength, what);
  };
  for (const { address, tensor } of constants) write(address, tensor, 'a constant');
  for (const { address, operand } of packed) {
    new Uint8Array(buffer, address, operand.bytes).fill(0);
    keep(address, operand.bytes, `weights as ${operand.key}`);
  }
  writePacked(plan, memory, (name) => kernelOf(plan, name));
  const words = new Int32Array(buffer, params.address, params.words.length);
  words.set(params.words);
  keep(params.address, words.byteLength, 'the parameters');
  for (const [name, tensor] of feeds) {
    const value = values.get(name);
    if (value) write(value.address, tensor, INPUT);
  }
  return regions.map((region, i) => ({ ...region, bytes: new Uint8Array(buffer, region.address, sizes[i]).slice() }));
}

function requireUntouched({ guards }: SimdPlan, old: number, before: readonly Kept[]): void {
  for (const { address, bytes, what } of guards) {
    const offset = new Uint8Array(memory.buffer, address, bytes).findIndex((byte) => byte !== old);
    if (offset >= 0) throw new Error(`a kernel wrote ${what}, ${offset} bytes into the ${bytes} there`);
  }
  for (const { address, bytes, what } of before) {
    const now = new Uint8Array(memory.buffer, address, bytes.length);
    if (now.some((byte, i) => byte !== bytes[i])) throw new Error(`a kernel wrote into ${what}`);
  }
}
