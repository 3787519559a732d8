/** What the kernels' sources say of their parameters: which class each export reads, and the words that it has. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Graph } from '../../src/ir/graph.ts';
import type { SimdCall } from '../../src/simd/definition.ts';
import { lowerNode } from '../../src/simd/plan-graph.ts';

const folder = join(import.meta.dirname, '../../src/runtime/wasm/assembly');

/** A field of a parameter class: an address, an integer or a float, in four bytes. */
type FieldKind = 'address' | 'int' | 'float';

/** The parameters of a kernel. */
export interface KernelParams {
  readonly fields: readonly FieldKind[];
  /** More words lie behind the class, which the kernel finds by its size. */
  readonly open: boolean;
}

const KINDS: Readonly<Record<string, FieldKind>> = {
  usize: 'address',
  i32: 'int',
  u32: 'int',
  bool: 'int',
  f32: 'float',
};

/** Families: a file each. */
export const ASSEMBLY_FAMILIES: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => basename(name, '.ts'))
  .sort();

const CLASS = /^(?:export )?class (\w+)(?: extends (\w+))? \{\n([\s\S]*?)^\}/gm;
const KERNEL = /^export function (\w+)\(params: usize,[\s\S]*?^\}/gm;

const uncommented = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

/** Classes of a text, with the fields of those that they extend. Throws on a field of any other type. */
function classesOf(text: string): Map<string, readonly FieldKind[]> {
  const classes = new Map<string, readonly FieldKind[]>();
  for (const [, name = '', base = '', body = ''] of text.matchAll(CLASS)) {
    const own = Array.from(body.matchAll(/^ {2}(\w+): (\w+);/gm), ([, field = '', type = '']) => {
      const kind = KINDS[type];
      if (!kind) throw new Error(`${name}.${field}: a word of parameters is no ${type}`);
      return kind;
    });
    classes.set(name, [...(classes.get(base) ?? []), ...own]);
  }
  return classes;
}

/** The parameters of every kernel, by its name `family/export`. */
export function kernelParams(): Map<string, KernelParams> {
  const lib = readdirSync(join(folder, 'lib')).map((name) => readFileSync(join(folder, 'lib', name), 'utf8'));
  const params = new Map<string, KernelParams>();
  for (const family of ASSEMBLY_FAMILIES) {
    const text = uncommented([...lib, readFileSync(join(folder, `${family}.ts`), 'utf8')].join('\n'));
    const classes = classesOf(text);
    for (const [body, kernel = ''] of text.matchAll(KERNEL)) {
      const name = /changetype<(\w+)>\(params\)/.exec(body)?.[1] ?? '';
      const fields = classes.get(name);
      if (!fields) throw new Error(`${family}/${kernel}: which class are its parameters?`);
      params.set(`${family}/${kernel}`, { fields, open: new RegExp(`(?<!changetype)<${name}>\\(`).test(text) });
    }
  }
  return params;
}

const KERNELS = kernelParams();

/** Throws an Error where a call's parameters are not those that its kernel reads, or its units or memory are none. */
export function requireWords(graph: Graph): void {
  const calls = graph.nodes.flatMap((node) => lowerNode(graph, node) ?? []);
  const wrong = calls.flatMap((call) => wrongWords(call) ?? []);
  if (wrong.length > 0) throw new Error(wrong.join('; '));
}

/** What is wrong with the words of a call; nothing where they are those of its kernel. */
function wrongWords(call: SimdCall): string | undefined {
  const { kernel, operands, ints, floats = [], units, scratch = 0 } = call;
  if (!Number.isInteger(units) || units < 0 || scratch % 16 !== 0) return `${kernel}: ${units} units, ${scratch} bytes`;
  const odd = ints.find((n) => !Number.isInteger(n) || n < -(2 ** 31) || n >= 2 ** 32);
  if (odd !== undefined) return `${kernel} is given ${odd} for an integer`;
  const given: readonly FieldKind[] = [
    ...operands.map(() => 'address' as const),
    ...ints.map(() => 'int' as const),
    ...floats.map(() => 'float' as const),
  ];
  const params = KERNELS.get(kernel);
  if (!params) return `there is no kernel ${kernel}`;
  const compared = params.open ? given.slice(0, params.fields.length) : given;
  if (compared.join() === params.fields.join()) return undefined;
  return `${kernel} takes ${params.fields.join(', ')}; it is given ${given.join(', ')}`;
}
