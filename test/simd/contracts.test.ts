/** The kernels' sources, the list of their families and the modules that load them say the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BASE } from '../../packaging/kernels.ts';
import { ASSEMBLY_FAMILIES, kernelParams } from '../helpers/assembly.ts';

const root = join(import.meta.dirname, '../..');

/** Words in quotes, or keys, that one pattern finds in a part of a file. */
function namesIn(path: string, part: RegExp, name: RegExp): string[] {
  const [text = ''] = part.exec(readFileSync(join(root, path), 'utf8')) ?? [];
  return Array.from(text.matchAll(name), ([, found = '']) => found).sort();
}

it('has a family for each file of kernels', () => {
  expect(namesIn('src/simd/definition.ts', /type KernelFamily =[^;]*;/, /'(\w+)'/g)).toEqual(ASSEMBLY_FAMILIES);
});

it('has a module for each file of kernels, or one for several', () => {
  const modules = ASSEMBLY_FAMILIES.filter((family) => !BASE.includes(family));
  expect(
    namesIn('src/runtime/wasm/further-modules.ts', /const FURTHER_MODULES[\s\S]*?^\}/m, /^ {2}(\w+): \[/gm),
  ).toEqual(modules);
  expect(namesIn('src/runtime/wasm/modules.ts', /BASE_FAMILIES = .*/, /(\w+)(?=[|)])/g)).toEqual(BASE);
});

it('reads parameters of known words in every kernel', () => {
  expect(kernelParams().size).toBeGreaterThan(0);
});
