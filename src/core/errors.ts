/**
 * Every error tilewise throws on purpose. Each names the thing that is wrong and, in `hint`, what to do about it;
 * `code` is stable and meant for programs.
 */

import { printable } from './printable.ts';

/** Stable machine-readable error codes. */
export type ErrorCode =
  | 'IMPORT_FAILED' // the bytes are not a valid model of their format
  | 'UNSUPPORTED' // a valid model asks for something the engine does not have
  | 'GRAPH_INVALID' // cycle, missing tensor, duplicate name …
  | 'SHAPE_MISMATCH' // operand shapes that do not fit
  | 'PLAN_FAILED' // the graph cannot be lowered to this device
  | 'SHADER_FAILED' // a kernel's WGSL was refused
  | 'NO_DEVICE' // no usable WebGPU adapter
  | 'DEVICE_LOST' // the device went away during a call
  | 'INPUT_INVALID' // what the caller passed: feeds, pictures, options
  | 'LOAD_FAILED'; // a file, URL or checksum

/** Where an error happened and what to do; all optional. */
export interface ErrorDetail {
  readonly format?: string | undefined;
  readonly file?: string | undefined;
  readonly node?: string | undefined;
  readonly op?: string | undefined;
  readonly hint?: string | undefined;
  /** What the message lists below it, a line each. */
  readonly lines?: readonly string[] | undefined;
  readonly cause?: unknown;
}

/**
 * Base of all tilewise errors. `message` already contains file, node, lines and hint; whatever control characters come with
 * them are escaped there, while `detail` has names as they are.
 */
export class TilewiseError extends Error {
  override readonly name: string = 'TilewiseError';
  readonly code: ErrorCode;
  readonly detail: ErrorDetail;
  /** The message without place, lines and hint: for callers that throw it again with more detail. */
  readonly reason: string;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(compose(message, detail), detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.detail = detail;
    this.reason = message;
  }
}

function compose(message: string, { file, node, op, lines = [], hint }: ErrorDetail): string {
  const where = [file && `file ${file}`, node && `node "${node}"${op ? ` (${op})` : ''}`].filter(Boolean);
  const located = where.length > 0 ? `${where.join(', ')}: ${message}` : message;
  const listed = [lines.length > 0 ? `${located}:` : located, ...lines].map(printable).join('\n');
  return hint ? `${listed}. ${printable(hint)}` : listed;
}

/** The bytes are not a valid model (truncated, corrupt, inconsistent). */
export class ImportError extends TilewiseError {
  override readonly name: string = 'ImportError';
  constructor(message: string, detail: ErrorDetail = {}) {
    super('IMPORT_FAILED', message, detail);
  }
}

/** One thing a model asks for that the engine lacks. */
export interface Unsupported {
  readonly node: string;
  readonly op: string;
  /** What exactly: "operator", or an attribute and its value. */
  readonly what: string;
  /** What may help, where something is known that does. */
  readonly remedy?: string;
}

/** A valid model needs operators or attributes the engine does not have; lists all of them at once. */
export class UnsupportedError extends TilewiseError {
  override readonly name: string = 'UnsupportedError';
  readonly items: readonly Unsupported[];

  constructor(items: readonly Unsupported[], detail: ErrorDetail = {}) {
    // A message of all that a broken file may list is of no use to anybody: `items` has the rest.
    const wants = items.slice(0, 99).map((i) => `${i.op} "${i.node}": ${i.what}`);
    if (items.length > wants.length) wants.push(`… and ${items.length - wants.length} more`);
    const lacks = `the model needs ${items.length} unsupported`;
    if (wants.length === 1) super('UNSUPPORTED', `${lacks} thing: ${wants.join('')}`, detail);
    else super('UNSUPPORTED', `${lacks} things`, { ...detail, lines: wants.map((want) => `  ${want}`) });
    this.items = items;
  }
}

/** The graph is malformed: a cycle, a missing tensor, a duplicate name. */
export class GraphError extends TilewiseError {
  override readonly name: string = 'GraphError';
  constructor(message: string, detail: ErrorDetail = {}) {
    super('GRAPH_INVALID', message, detail);
  }
}

/** Shapes or dtypes of operands that do not fit together. */
export class ShapeError extends TilewiseError {
  override readonly name: string = 'ShapeError';
  constructor(message: string, detail: ErrorDetail = {}) {
    super('SHAPE_MISMATCH', message, detail);
  }
}

/** A graph that cannot be lowered to this device. */
export class PlanError extends TilewiseError {
  override readonly name: string = 'PlanError';
  constructor(message: string, detail: ErrorDetail = {}) {
    super('PLAN_FAILED', message, detail);
  }
}

/** WGSL that the device refused; the message quotes the numbered source around each complaint. */
export class ShaderError extends TilewiseError {
  override readonly name: string = 'ShaderError';
  constructor(message: string, detail: ErrorDetail = {}) {
    super('SHADER_FAILED', message, detail);
  }
}

/** No usable device (`NO_DEVICE`) or a device that went away (`DEVICE_LOST`). */
export class DeviceError extends TilewiseError {
  override readonly name: string = 'DeviceError';
  constructor(code: 'NO_DEVICE' | 'DEVICE_LOST', message: string, detail: ErrorDetail = {}) {
    super(code, message, detail);
  }
}

/** What the caller passed in is wrong: a feed, a picture, an option. */
export class InputError extends TilewiseError {
  override readonly name: string = 'InputError';
  constructor(message: string, detail: ErrorDetail = {}) {
    super('INPUT_INVALID', message, detail);
  }
}

/** A file or URL that cannot be read, or whose checksum is wrong. */
export class LoadError extends TilewiseError {
  override readonly name: string = 'LoadError';
  constructor(message: string, detail: ErrorDetail = {}) {
    super('LOAD_FAILED', message, detail);
  }
}
