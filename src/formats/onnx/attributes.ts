/** The attributes of one ONNX node, typed and defaulted, and which of them nobody asked for. */
import type { Emitter } from '../lib/emitter.ts';
import type { AttributeProto } from './proto.ts';
import type { TensorProto } from './tensor-proto.ts';

/** AttributeProto.AttributeType, by the field that holds the value. */
const TYPE = { f: 1, i: 2, s: 3, t: 4, floats: 6, ints: 7, strings: 8 } as const;

/** Each getter gives the fallback, or `undefined`, when the attribute is absent; throws ImportError on another kind. */
export class ReadAttributes {
  readonly #node: Emitter;
  readonly #attributes = new Map<string, AttributeProto>();
  readonly #unread: Set<string>;

  /** `node` is told of what is invalid or unsupported. Throws ImportError when an attribute is given twice. */
  constructor(attributes: readonly AttributeProto[], node: Emitter) {
    this.#node = node;
    for (const attribute of attributes) {
      if (this.#attributes.has(attribute.name)) node.fail(`attribute "${attribute.name}" is given twice`);
      this.#attributes.set(attribute.name, attribute);
    }
    this.#unread = new Set(this.#attributes.keys());
  }

  /** True when the attribute is present; does not count as reading it. */
  has(name: string): boolean {
    return this.#attributes.has(name);
  }

  /** A float attribute. */
  float(name: string, fallback: number): number {
    const found = this.get(name, 'f');
    return found ? (found.f ?? 0) : fallback;
  }

  /** An integer attribute. */
  int(name: string, fallback: number): number {
    const found = this.get(name, 'i');
    return found ? (found.i ?? 0) : fallback;
  }

  /** An integer attribute that is 0 or 1. */
  flag(name: string, fallback: boolean): boolean {
    return this.int(name, fallback ? 1 : 0) !== 0;
  }

  /** A string attribute. */
  string(name: string, fallback: string): string {
    const found = this.get(name, 's');
    return found ? new TextDecoder().decode(found.s) : fallback;
  }

  /** A string attribute with a closed set of values; refuses any other. */
  choice<T extends string>(name: string, fallback: T, values: readonly T[]): T {
    const text = this.string(name, fallback);
    return values.find((v) => v === text) ?? this.#node.refuse(`${name} = "${text}"`);
  }

  /** An integer list attribute; `undefined` when it is absent. */
  ints(name: string): number[] | undefined {
    return this.get(name, 'ints')?.ints;
  }

  /** A float list attribute; `undefined` when it is absent. */
  floats(name: string): number[] | undefined {
    return this.get(name, 'floats')?.floats;
  }

  /** A tensor attribute; `undefined` when it is absent. */
  tensor(name: string): TensorProto | undefined {
    return this.get(name, 't')?.t;
  }

  /** Reads attributes that mean nothing at inference, so that they do not count as unsupported. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#unread.delete(name);
  }

  /** Refuses an integer attribute that is neither absent nor one of `allowed`. */
  only(name: string, ...allowed: readonly number[]): void {
    const value = this.int(name, allowed[0] ?? 0);
    if (!allowed.includes(value)) this.#node.refuse(`${name} = ${value}`);
  }

  /** Names of the attributes that were not read. */
  get unread(): Iterable<string> {
    return this.#unread;
  }

  /** An attribute whose value is in the field `field`; `undefined` when it is absent. The other getters say it in their own types. */
  get(name: string, field: keyof typeof TYPE): AttributeProto | undefined {
    this.#unread.delete(name);
    const found = this.#attributes.get(name);
    if (!found) return undefined;
    if (found.other !== undefined) this.#node.refuse(`attribute ${name} holds a ${found.other}`);
    const typed = found.type === TYPE[field] || (found.type === 0 && found[field] !== undefined);
    if (!typed) this.#node.fail(`attribute "${name}" is not of the kind "${field}"`);
    return found;
  }
}
