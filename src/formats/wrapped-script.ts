/**
 * Model files wrapped in scripts so that bundlers pick them up (`nsfwjs`): the scripts are parsed and the data in them is
 * taken out; they are never run. In a file of its own because of the parser, which only such models need.
 */
import { Parser, type AnyNode } from 'acorn';
import { LoadError } from '../core/errors.ts';
import type { ModelFile, ModelFiles } from './importer.ts';

/** What a wrapped file's name ends in. */
const WRAPPED = '.min.js';

/** The files of a model, those inside if they are wrapped, which names say. Throws and rejects as `unwrapModel` does. */
export function unwrapped(files: ModelFiles): ModelFiles {
  return files.main.name.endsWith(WRAPPED) ? unwrapModel(files) : files;
}

/**
 * The files inside wrapped ones: `main` as JSON, and what it names, each read as `NAME.min.js`. Throws LoadError when
 * `main` is no script that exports one value; reading a file rejects so, too, and when it does not hold base64.
 */
export function unwrapModel({ main, read }: ModelFiles): ModelFiles {
  return {
    main: {
      name: main.name.replace(WRAPPED, '.json'),
      bytes: new TextEncoder().encode(JSON.stringify(unwrap(main))),
    },
    read: async (name) => decodeBase64(unwrap({ name, bytes: await read(`${name}${WRAPPED}`) }), name),
  };
}

/** How deep the parser may call itself: the engine ends the process where a regular expression meets the end of the stack. */
const MAX_DEPTH = 1000;

/** The methods of the parser that lead back to themselves, at least one of which is in every cycle. */
const RECURSIVE = [
  'parseStatement',
  'parseMaybeAssign',
  'parseExprOp',
  'parseMaybeUnary',
  'parseExprAtom',
  'parseBindingAtom',
];

/** A parser of scripts that are no deeper nested than data is. */
const FlatParser = Parser.extend((Base: typeof Parser) => {
  class Flat extends Base {}
  let depth = 0;
  for (const name of RECURSIVE) {
    const method = Reflect.get(Base.prototype, name) as (...args: unknown[]) => unknown;
    const bounded = function (this: Parser, ...args: unknown[]): unknown {
      if (++depth > MAX_DEPTH) throw new SyntaxError(`nested more than ${MAX_DEPTH} deep`);
      try {
        return method.apply(this, args);
      } finally {
        depth--;
      }
    };
    Reflect.set(Flat.prototype, name, bounded);
  }
  return Flat;
});

/** The data that a script assigns to `…exports`, without running it. */
function unwrap({ name, bytes }: ModelFile): unknown {
  let program: AnyNode;
  try {
    program = FlatParser.parse(new TextDecoder().decode(bytes), { ecmaVersion: 'latest', sourceType: 'script' });
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
    const data = isNode(node) ? assignedData(node) : undefined;
    if (data) found.push(data);
    else if (Array.isArray(node) || isNode(node)) for (const part of Object.values(node)) pending.push(part);
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
      return literal(node.value, file);
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

/** What JSON has; not the numbers of any size and the patterns that scripts have, too. */
function literal(value: unknown, file: string): unknown {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value;
  throw new LoadError(`holds a ${typeof value === 'bigint' ? 'bigint' : 'pattern'} where data was expected`, { file });
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
  const text = atob(value);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
