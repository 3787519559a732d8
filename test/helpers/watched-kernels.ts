/**
 * WASM kernels that tell of every access: a call that hands an address on stands before each load and store of a module. Guards
 * show who writes outside; this shows who reads there.
 */
import binaryen from 'assemblyscript/binaryen';
import { compileKernels } from '../../packaging/kernels.ts';
import { withoutActivations, type KernelModule } from '../../src/runtime/wasm/modules.ts';
import type { SimdPlan } from '../../src/simd/plan.ts';

/** Bytes of a load or store that names no narrower ones. */
const WIDTHS: Readonly<Record<string, number>> = { i32: 4, i64: 8, f32: 4, f64: 8, v128: 16 };

const ACCESS = /\((i32|i64|f32|f64|v128)\.(?:load|store)(\w*)((?: \w+=\d+)*)(?: \d+)?\s+(?=\()/g;
const BULK = /\(memory\.(copy|fill)\s+(?=\()/g;

const IMPORTS = [
  '(import "env" "watch" (func $watch (param i32 i32 i32) (result i32)))',
  '(import "env" "watchFrom" (func $watchFrom (param i32) (result i32)))',
  '(import "env" "watchCount" (func $watchCount (param i32) (result i32)))',
].join('\n');

function widthOf(type: string, suffix: string): number {
  if (/^\d+x\d+/.test(suffix)) return 8;
  const [bits] = /^\d+/.exec(suffix) ?? [];
  return bits === undefined ? (WIDTHS[type] ?? 0) : Number(bits) / 8;
}

/** Where the expression ends that begins here. */
function endOf(text: string, begin: number): number {
  let depth = 0;
  for (let i = begin; i < text.length; i++) {
    if (text[i] === '(') depth++;
    if (text[i] === ')' && --depth === 0) return i + 1;
  }
  throw new Error('an expression does not end');
}

/** The text of a module with a call around each address. */
function watchedText(text: string): string {
  const inserted: [at: number, what: string][] = [];
  const wrap = (begin: number, call: string): number => {
    const end = endOf(text, begin);
    inserted.push([begin, `(call ${call} `], [end, ')']);
    return text.indexOf('(', end);
  };
  for (const { 0: head, 1: type = '', 2: suffix = '', 3: options = '', index } of text.matchAll(ACCESS)) {
    const offset = /offset=(\d+)/.exec(options)?.[1] ?? '0';
    wrap(index + head.length, `$watch (i32.const ${widthOf(type, suffix)}) (i32.const ${offset})`);
  }
  for (const { 0: head, 1: kind, index } of text.matchAll(BULK)) {
    const second = wrap(index + head.length, '$watchFrom');
    wrap(kind === 'copy' ? wrap(second, '$watchFrom') : text.indexOf('(', endOf(text, second)), '$watchCount');
  }
  let result = '';
  let last = 0;
  for (const [at, what] of inserted.sort((a, b) => a[0] - b[0])) {
    result += text.slice(last, at) + what;
    last = at;
  }
  return (result + text.slice(last)).replace('(module', `(module\n${IMPORTS}`);
}

/** The text of a module, as WebAssembly has it. */
export async function kernelText(name: string): Promise<string> {
  const module = binaryen.readBinary(await compileKernels(name, false));
  module.setFeatures(binaryen.Features.All);
  return module.emitText();
}

/** Looks at all accesses of kernels, one plan after another. */
export class KernelWatch {
  #allowed = new Uint8Array(0);
  readonly #bulk: number[] = [];
  readonly #modules = new Map<KernelModule, WebAssembly.Module>();

  /** Allows what a plan with guards has between them. */
  begin({ bytes, guards }: SimdPlan): void {
    if (this.#allowed.length < bytes) this.#allowed = new Uint8Array(bytes);
    this.#allowed.fill(0).fill(1, 64, bytes);
    for (const guard of guards) this.#allowed.fill(0, guard.address, guard.address + guard.bytes);
  }

  /** As `instantiate` of `wasm-run.ts`. */
  async instantiate(
    names: ReadonlySet<KernelModule>,
    memory: WebAssembly.Memory,
  ): Promise<Map<KernelModule, WebAssembly.Exports>> {
    const env: WebAssembly.ModuleImports = {
      memory,
      activateRow: withoutActivations,
      watch: (width: number, offset: number, address: number) => this.#require(address, offset, width),
      watchFrom: (address: number) => {
        this.#bulk.push(address);
        return address;
      },
      watchCount: (count: number) => {
        for (const address of this.#bulk.splice(0)) if (count > 0) this.#require(address, 0, count >>> 0);
        return count;
      },
    };
    const made = async (name: KernelModule): Promise<WebAssembly.Exports> =>
      (await WebAssembly.instantiate(await this.#module(name), { env })).exports;
    const instances = new Map<KernelModule, WebAssembly.Exports>();
    if (names.has('activation')) instances.set('activation', await made('activation'));
    Object.assign(env, instances.get('activation'));
    const others = [...names].filter((name) => name !== 'activation');
    for (const name of others) instances.set(name, await made(name));
    return instances;
  }

  async #module(name: KernelModule): Promise<WebAssembly.Module> {
    const known = this.#modules.get(name);
    if (known) return known;
    const parsed = binaryen.parseText(watchedText(await kernelText(name)));
    parsed.setFeatures(binaryen.Features.All);
    const module = await WebAssembly.compile(Uint8Array.from(parsed.emitBinary()));
    this.#modules.set(name, module);
    return module;
  }

  /** Throws an Error where so many bytes are not all a value's, or scratch memory's. */
  #require(address: number, offset: number, width: number): number {
    const from = (address >>> 0) + offset;
    if (this.#allowed[from] !== 1 || this.#allowed[from + width - 1] !== 1)
      throw new Error(`a kernel is at ${width} bytes from ${from} on, which nobody gave it`);
    return address;
  }
}
