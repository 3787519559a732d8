/**
 * Compiles the WASM kernels: each file of `src/runtime/wasm/assembly` becomes a module of its own, or several one, with relaxed SIMD and without,
 * in a file of `src/runtime/wasm/generated` that has it as text, deflated. Run by `npm ci`, by the build and before tests; what is
 * up to date stays.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';

const root = join(import.meta.dirname, '..');
const SOURCE = 'src/runtime/wasm/assembly';
const TARGET = join(root, 'src/runtime/wasm/generated');

/** Text of the sources, that the compiler reads; and what the result depends on besides. */
function sources(): Map<string, string> {
  const texts = new Map<string, string>();
  for (const name of readdirSync(join(root, SOURCE), { recursive: true, encoding: 'utf8' }).sort()) {
    if (name.endsWith('.ts')) texts.set(`${SOURCE}/${name}`, readFileSync(join(root, SOURCE, name), 'utf8'));
  }
  return texts;
}

/** Families: a file each, beside what they share in `lib`. */
export function kernelFamilies(): string[] {
  return readdirSync(join(root, SOURCE), { encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => basename(name, '.ts'))
    .sort();
}

/** Families that are one module, since nearly every network has most of them: what they share is in it once. */
export const BASE = ['conv', 'depthwise', 'pool', 'product'];

/** What a module is made of: the text that the compiler begins with, and those it finds from there. */
function entry(module: string, texts: Map<string, string>): string {
  if (module !== 'base') return `${SOURCE}/${module}.ts`;
  texts.set(`${SOURCE}/base.ts`, BASE.map((family) => `export * from './${family}';`).join('\n'));
  return `${SOURCE}/base.ts`;
}

/** The modules: a family each, or several. */
export function kernelModules(): string[] {
  return ['base', ...kernelFamilies().filter((family) => !BASE.includes(family))];
}

/** A module as bytes. Throws what the compiler complains of, warnings too. */
export async function compileKernels(module: string, relaxed: boolean): Promise<Uint8Array> {
  // Loading the compiler takes seconds.
  const { default: asc } = await import('assemblyscript/asc');
  const texts = sources();
  let binary: Uint8Array | undefined;
  const flags = [
    // prettier-ignore
    '-O3',
    '--converge',
    '--shrinkLevel',
    '1',
    // Deflates better.
    '--runPasses',
    'reorder-locals',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--noAssert',
    // Functions of vectors in lib are no exports of a module.
    '--disableWarning',
    '112',
    // The executor makes the memory.
    '--importMemory',
    '--maximumMemory',
    '65536',
    '--use',
    `RELAXED=${relaxed ? 1 : 0}`,
    '--use',
    `UNROLLED=${module === 'wide' ? 5 : 3}`,
    ...(relaxed ? ['--enable', 'relaxed-simd'] : []),
  ];
  const { error, stderr } = await asc.main([entry(module, texts), '--outFile', 'out.wasm', ...flags], {
    readFile: (name) => texts.get(name) ?? null,
    writeFile: (_, contents) => {
      binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  // Of no matter: it keeps the better one.
  const complaints = stderr.toString().replace('Last converge was suboptimal.', '').trim();
  if (error || complaints || !binary) throw new Error(`${module}: ${complaints || error}`);
  return binary;
}

/** Brings all generated files up to date. */
export async function buildKernels(): Promise<void> {
  const texts = sources();
  const version = readFileSync(join(root, 'node_modules/assemblyscript/package.json'), 'utf8');
  const self = readFileSync(import.meta.filename, 'utf8');
  const stamp = createHash('sha256')
    .update(JSON.stringify([...texts, version, self]))
    .digest('hex');
  const stampFile = join(TARGET, 'stamp');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  const wanted = new Map<string, string>([['stamp', stamp]]);
  for (const module of kernelModules()) {
    for (const relaxed of [false, true]) {
      const deflated = deflateRawSync(await compileKernels(module, relaxed), { level: 9 });
      const text = `/** ${module}: written by packaging/kernels.ts. */\nexport const packed =\n  '${deflated.toString('base64')}';\n`;
      wanted.set(`${module}${relaxed ? '-relaxed' : ''}.ts`, text);
    }
  }
  mkdirSync(TARGET, { recursive: true });
  for (const name of readdirSync(TARGET)) if (!wanted.has(name)) rmSync(join(TARGET, name));
  // Whole or not at all, and the stamp last: other processes may read, or build too.
  for (const [name, text] of [...wanted].reverse()) {
    const temporary = join(TARGET, `.${name}.${process.pid}`);
    writeFileSync(temporary, text);
    renameSync(temporary, join(TARGET, name));
  }
}

if (process.argv[1] === import.meta.filename) await buildKernels();
