/**
 * Declarations of the published library, a file for each entry and one for what they share. They mean the same types of the
 * platform (`GPUDevice`, `ImageBitmap`, `AbortSignal`) as the project that imports them: those of its DOM library, of
 * `@webgpu/types`, of Node. Where a project has none, what it cannot have is `never`, and WebGPU's are a copy of
 * `@webgpu/types`, which itself needs the DOM library, and is at odds with that of TypeScript 6.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'dist/types');

/** What WebGPU's own types build on, where the platform has none. */
const BASES = `
/** A type of the platform, where the project that is compiled declares it. */
type Declared<Name extends string, Otherwise = never> =
  typeof globalThis extends { [N in Name]: { prototype: infer Instance } } ? Instance : Otherwise;

export type Event = Declared<'Event', { readonly type: string }>;
export type EventInit = { bubbles?: boolean; cancelable?: boolean; composed?: boolean };
export type EventListenerOptions = { capture?: boolean };
export type AddEventListenerOptions = EventListenerOptions & { once?: boolean; passive?: boolean };
export type EventListenerOrEventListenerObject = ((event: Event) => void) | { handleEvent(event: Event): void };
export type EventTarget = Declared<'EventTarget', {
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null): void;
}>;
export type DOMException = Declared<'DOMException', Error>;
export type BufferSource = ArrayBufferView | ArrayBuffer;
export type PredefinedColorSpace = 'display-p3' | 'srgb';
`;

/** What the compiler says of types that it had at hand, whose names are looked up instead. */
const REFERENCES = /^\/\/\/ <reference types=.*\n/gm;

/** Declarations from the sources, rolled up. */
async function rollUp(): Promise<void> {
  const input = {
    index: 'src/index.ts',
    node: 'src/node/index.ts',
    models: 'models/index.ts',
    ort: 'src/ort/index.ts',
  };
  const bundle = await rolldown({
    cwd: ROOT,
    input,
    plugins: [dts({ emitDtsOnly: true })],
    checks: { pluginTimings: false },
    external: (id) => id.startsWith('node:'),
  });
  await bundle.write({
    dir: FOLDER,
    minifyInternalExports: false,
    chunkFileNames: '[name].d.ts',
    codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] },
  });
  await bundle.close();
}

/**
 * `export` before what a file declares, instead of in the list at its end: where the declarations of a project name a type
 * that they infer, TypeScript before 5.4 finds no other.
 */
function exportWhereDeclared(text: string): string {
  const [list = '', names = ''] = /^export \{ (.*) \};\s*$/m.exec(text) ?? [];
  let rest = text.replace(list, '');
  const listed = names.split(', ').filter((item) => {
    const declaration = new RegExp(`^(?=(?:interface|type|declare \\w+) ${item.replace('type ', '')}\\b)`, 'gm');
    const before = rest;
    rest = rest.replace(declaration, 'export ');
    return rest === before;
  });
  return `${rest}export { ${listed.join(', ')} };\n`;
}

/** Names that each file takes from the platform: those that mean nothing where there is only the language. */
function foreignNames(files: readonly string[]): Map<string, string[]> {
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    types: [],
    strict: true,
    noEmit: true,
  });
  const found = new Map<string, string[]>();
  for (const { file, messageText } of ts.getPreEmitDiagnostics(program)) {
    const message = ts.flattenDiagnosticMessageText(messageText, ' ');
    const name = /^Cannot find name '(\w+)'/.exec(message)?.[1];
    if (!file || !name) throw new Error(`declarations do not compile: ${file?.fileName}: ${message}`);
    const names = found.get(file.fileName) ?? [];
    found.set(file.fileName, names.includes(name) ? names : [...names, name]);
  }
  return found;
}

/** `@webgpu/types` as a module, and the names it exports. */
function webgpuModule(): { text: string; names: string[] } {
  const path = createRequire(import.meta.url).resolve('@webgpu/types/dist/index.d.ts');
  const folder = dirname(dirname(path));
  const text = readFileSync(path, 'utf8');
  const licence = readFileSync(join(folder, 'LICENSE'), 'utf8').trim();
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  const names = [...new Set(Array.from(text.matchAll(/^(?:interface|type) (GPU\w*)/gm), ([, name = '']) => name))];
  return {
    names,
    text: `/*!\n@webgpu/types ${version}\n\n${licence}\n*/\n${text}\nexport type { ${names.join(', ')} };\n`,
  };
}

rmSync(FOLDER, { recursive: true, force: true });
await rollUp();

const webgpu = webgpuModule();
writeFileSync(join(FOLDER, 'webgpu.d.ts'), webgpu.text);
const files = readdirSync(FOLDER).map((name) => join(FOLDER, name));
for (const file of files.filter((file) => !file.endsWith('webgpu.d.ts'))) {
  writeFileSync(file, exportWhereDeclared(readFileSync(file, 'utf8').replace(REFERENCES, '')));
}
const taken = foreignNames(files);
for (const [file, names] of taken) {
  writeFileSync(file, `import type { ${names.join(', ')} } from './platform.js';\n${readFileSync(file, 'utf8')}`);
}
const declared = [...new Set([...taken.values()].flat())].filter((name) => !BASES.includes(`export type ${name} =`));
const aliases = declared.map((name) =>
  webgpu.names.includes(name)
    ? `export type ${name} = Declared<'${name}', webgpu.${name}>;`
    : `export type ${name} = Declared<'${name}'>;`,
);
writeFileSync(
  join(FOLDER, 'platform.d.ts'),
  `/// <reference lib="esnext.disposable" />\nimport type * as webgpu from './webgpu.js';\n${BASES}\n${aliases.join('\n')}\n`,
);
const rest = foreignNames([...files, join(FOLDER, 'platform.d.ts')]);
if (rest.size > 0) throw new Error(`declarations take more from the platform: ${[...rest.values()].join(', ')}`);
