/**
 * Assembles WGSL modules: bindings and the parameter struct are declared once, as data, and give the WGSL text,
 * the bind-group layout and the byte packing.
 */
import type { FloatStorage } from '../../src/core/storage.ts';
import { wgsl as template } from 'wgsl-preprocessor/wgsl-preprocessor.js';
import { PlanError } from '../../src/core/errors.ts';

/** One storage buffer of a kernel. `element` is the WGSL element type of the runtime-sized array. */
export interface Binding {
  readonly name: string;
  readonly access: 'read' | 'read_write';
  readonly element:
    FloatStorage | 'atomic<i32>' | 'i32' | 'u32' | 'vec4<f32>' | 'vec4<f16>' | 'vec4<i32>' | 'vec4<u32>';
}

/** A picture that a kernel reads with `textureLoad`: a texture, or a video frame where it lies. */
export type PictureBinding = 'texture_2d<f32>' | 'texture_external';

/** Fields of the uniform parameter struct: four-byte scalars only, so that WGSL and packing agree without padding rules. */
export type ParamFields = Readonly<Record<string, 'u32' | 'i32' | 'f32'>>;

/**
 * A finished compute shader: plain data. Entry point `main`; storage bindings 0…n−1 of group 0, then the parameters, then
 * the picture.
 */
export interface ShaderModule {
  readonly wgsl: string;
  readonly bindings: readonly Binding[];
  readonly params: ParamFields;
  readonly picture?: PictureBinding;
  readonly workgroupSize: readonly [number, number, number];
}

/** What a shader function hands to `shaderModule`. */
export interface ModuleSpec {
  readonly bindings: readonly Binding[];
  readonly params: ParamFields;
  /** Bound as `picture`. */
  readonly picture?: PictureBinding;
  readonly workgroupSize: readonly [number, number, number];
  /** The shader uses subgroup operations; the device must have the feature. */
  readonly subgroups?: boolean;
  /** Declarations before the entry point: constants, workgroup variables, functions. */
  readonly declarations?: string;
  /**
   * Body of `main`, with `gid`, `lid`, `wid`, `groups` (global, local, workgroup ids and the number of workgroups)
   * and `local_index` in scope; with subgroups also `lane` and `lanes_per_subgroup`.
   */
  readonly body: string;
}

/** The wgsl-preprocessor tag: `#if ${flag}` / `#else` / `#endif` alone on their lines; flags are booleans. */
export const wgsl: (strings: TemplateStringsArray, ...values: readonly unknown[]) => string = template;

const SUBGROUP_INPUTS = `,
        @builtin(subgroup_invocation_id) lane: u32, @builtin(subgroup_size) lanes_per_subgroup: u32`;

/** Puts a module together. Throws PlanError when a template value leaked into the text. */
export function shaderModule(spec: ModuleSpec): ShaderModule {
  const storage = spec.bindings.map((b, i) => `@group(0) ${declared(i, b.access)} ${b.name}: array<${b.element}>;`);
  const fields = Object.entries(spec.params).map(([name, type]) => `  ${name}: ${type},`);
  const uniform = fields.length
    ? [`struct Params {`, ...fields, `}`, `@group(0) @binding(${spec.bindings.length}) var<uniform> params: Params;`]
    : [];
  const afterwards = spec.bindings.length + (fields.length > 0 ? 1 : 0);
  const text = [
    ...(spec.bindings.some((b) => b.element.includes('f16')) ? ['enable f16;'] : []),
    ...(spec.subgroups ? ['enable subgroups;'] : []),
    ...storage,
    ...uniform,
    spec.picture ? `@group(0) @binding(${afterwards}) var picture: ${spec.picture};` : '',
    spec.declarations?.trim() ?? '',
    `@compute @workgroup_size(${spec.workgroupSize.join(', ')})`,
    'fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(local_invocation_id) lid: vec3<u32>,',
    '        @builtin(workgroup_id) wid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,',
    `        @builtin(local_invocation_index) local_index: u32${spec.subgroups ? SUBGROUP_INPUTS : ''}) {`,
    spec.body.replace(/^\n+|\s+$/g, ''),
    '}',
    '',
  ]
    .filter((line) => line !== '')
    .join('\n');
  const leak = /\bundefined\b|\bNaN\b|\bInfinity\b|\[object|#(if|else|elif|endif)\b/.exec(text);
  if (leak) throw new PlanError(`a template value leaked into WGSL: "${leak[0]}"\n${text}`);
  const { bindings, params, picture, workgroupSize } = spec;
  return { wgsl: `${text}\n`, bindings, params, workgroupSize, ...(picture ? { picture } : {}) };
}

function declared(binding: number, access: Binding['access']): string {
  return `@binding(${binding}) var<storage, ${access}>`;
}

/**
 * The module with some bindings, by position, declared for writing though it only reads them: what a dispatch needs whose
 * operands lie in one buffer.
 */
export function bindForWriting(module: ShaderModule, positions: readonly number[]): ShaderModule {
  if (positions.length === 0) return module;
  return {
    ...module,
    wgsl: positions.reduce((text, i) => text.replace(declared(i, 'read'), declared(i, 'read_write')), module.wgsl),
    bindings: module.bindings.map((b, i) => (positions.includes(i) ? { ...b, access: 'read_write' } : b)),
  };
}

/** Bytes of a parameter struct. */
export function paramsBytes(fields: ParamFields): number {
  return Object.keys(fields).length * 4;
}

/** Whether a number fits a parameter: of integers only the bits count, so that a negative one may go into u32. */
function fits(value: number, type: ParamFields[string]): boolean {
  return type === 'f32' || (Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 32);
}

/** Packs named values in field order, little-endian. Throws PlanError on a missing or extra name, or an integer beyond 32 bits. */
export function packParams(fields: ParamFields, values: Readonly<Record<string, number>>): Uint8Array {
  const names = Object.keys(fields);
  const extra = Object.keys(values).find((name) => !(name in fields));
  if (extra !== undefined) throw new PlanError(`"${extra}" is not a parameter of this shader`);
  const view = new DataView(new ArrayBuffer(names.length * 4));
  names.forEach((name, i) => {
    const value = values[name];
    if (value === undefined) throw new PlanError(`parameter "${name}" is missing`);
    const type = fields[name];
    if (type && !fits(value, type)) throw new PlanError(`parameter "${name}" cannot be ${value}`);
    if (type === 'f32') view.setFloat32(i * 4, value, true);
    else if (type === 'i32') view.setInt32(i * 4, value, true);
    else view.setUint32(i * 4, value, true);
  });
  return new Uint8Array(view.buffer);
}
