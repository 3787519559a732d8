/**
 * Every shader that any variant makes of any case: numbers enter its templates as literals and flags as booleans, its
 * parameter struct is laid out as it is packed, and Dawn accepts it. Dawn's null backend validates and runs nothing, so
 * no GPU is needed.
 */
import { create, globals } from 'webgpu';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { WgslReflect } from 'wgsl_reflect/wgsl_reflect.module.js';
import { packParams, paramsBytes, type ShaderModule } from '../../shaders/lib/module.ts';
import { DEFAULT_LIMITS, type DeviceProfile } from '../../src/core/limits.ts';
import { PACKED_DOT } from '../../shaders/lib/int8.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import type { KernelDefinition } from '../../src/kernels/definition.ts';
import { KERNELS } from '../helpers/every-operator.ts';
import { compilePipeline } from '../../src/runtime/webgpu/pipelines.ts';
import { at } from '../../src/util/arrays.ts';
import { caseTables } from '../helpers/case-tables.ts';
import { FULL } from '../helpers/full.ts';
import { prepare } from '../helpers/lower-case.ts';
import type { OpCase } from '../helpers/op-case.ts';

/** Misuse of the template tag, seen while shaders were made. */
const misuse = vi.hoisted(() => new Set<string>());

interface Preprocessor {
  readonly wgsl: (strings: TemplateStringsArray, ...values: readonly unknown[]) => string;
}

vi.mock('wgsl-preprocessor/wgsl-preprocessor.js', async (original) => {
  const { wgsl } = await original<Preprocessor>();
  const checked: Preprocessor['wgsl'] = (strings, ...values) => {
    values.forEach((value, i) => {
      const line = /[^\n]*$/.exec(strings[i] ?? '')?.[0] ?? '';
      const isFlag = /#(if|elif)\s*$/.test(line);
      // JavaScript's truthiness decides: the text 'false' and an empty object would be taken.
      if (isFlag && typeof value !== 'boolean') misuse.add(`flag of type ${typeof value} after "${line.trim()}"`);
      // A bare 2.0 prints as 2, an integer to WGSL: u32(), i32() and f32() give text.
      // Within a name, as in params.e2, digits are no number.
      if (!isFlag && typeof value !== 'string' && !/\w$/.test(line))
        misuse.add(`bare ${typeof value} after "${line.trim()}"`);
    });
    return wgsl(strings, ...values);
  };
  return { wgsl: checked };
});

interface Made {
  readonly shader: ShaderModule;
  readonly params: Readonly<Record<string, number>>;
  /** Where it was first seen. */
  readonly label: string;
}

const plain = { limits: DEFAULT_LIMITS, features: [] };
const rich = { limits: DEFAULT_LIMITS, features: ['shader-f16', 'subgroups', PACKED_DOT] };
const PROFILES: readonly DeviceProfile[] = [
  { ...plain, adapterClass: 'software' },
  { ...plain, adapterClass: 'discrete' },
  // Subgroups as SwiftShader, lavapipe and NVIDIA have them.
  { ...rich, adapterClass: 'software', subgroupSize: 4 },
  { ...rich, adapterClass: 'software', subgroupSize: 8 },
  { ...rich, adapterClass: 'discrete', subgroupSize: 32 },
];

const MOST_CONDITIONS = 3;

/** Lines that have `&&` or `||` and are no branch. */
function conditions({ wgsl }: ShaderModule): number {
  return wgsl.match(/^ *(?:let|var|\w+ =) .*(?:&&|\|\|)/gm)?.length ?? 0;
}

/** Distinct shaders by their text. */
const made = new Map<string, Made>();
const dispatched = new Set<string>();

/** Lowers a case for every device, or in `npm test` for one in turn. */
function collect(c: OpCase, index: number): void {
  const definition = KERNELS[c.op] as unknown as KernelDefinition<OpKind>;
  if (definition.kind !== 'dispatch') return;
  const { context } = prepare(c);
  for (const device of FULL ? PROFILES : [at(PROFILES, index % PROFILES.length)]) {
    for (const variant of definition.variants) {
      for (const { shader, params } of variant.tryLower({ ...context, device }) ?? []) {
        dispatched.add(c.op);
        if (!made.has(shader.wgsl))
          made.set(shader.wgsl, { shader, params, label: `${c.op}/${variant.name}: ${c.name}` });
      }
    }
  }
}

/** The head of a module, which holds what is shared with the host: the reflecting parser does not know all WGSL expressions. */
function reflect({ wgsl }: ShaderModule): WgslReflect {
  return new WgslReflect(/^(?:enable .*\n|@group.*\n|struct Params \{[^}]*\}\n)*/.exec(wgsl)?.[0] ?? '');
}

beforeAll(async () => {
  // Tables of volumes are for the CPU: their kernels refuse three spatial dimensions, which another test checks.
  for (const { name, cases } of await caseTables()) if (!name.endsWith('3dCases')) cases.forEach(collect);
}, 120_000);

describe('shaders', () => {
  it('come from every operator that dispatches', () => {
    const dispatching = Object.entries(KERNELS).filter(([, { kind }]) => kind === 'dispatch');
    expect(dispatching.map(([op]) => op).filter((op) => !dispatched.has(op))).toEqual([]);
  });

  it('take numbers through literal helpers and flags as booleans', () => {
    expect([...misuse]).toEqual([]);
  });

  // SwiftShader searches the paths between blocks without noting where it was: time doubles with each that may be left out.
  it('do not repeat conditions that may be left out', () => {
    const many = [...made.values()].filter(({ shader }) => conditions(shader) > MOST_CONDITIONS);
    expect(many.map(({ shader, label }) => `${label}: ${conditions(shader)}`)).toEqual([]);
  });

  it('declare their parameters as they are packed', () => {
    for (const { shader, params, label } of made.values()) {
      const struct = reflect(shader).structs.find(({ name }) => name === 'Params');
      const reflected = (struct?.members ?? []).map(({ name, offset, type }) => [name, offset, type.name]);
      const declared = Object.entries(shader.params).map(([name, type], i) => [name, i * 4, type]);
      expect(reflected, label).toEqual(declared);
      expect(struct?.size ?? 0, label).toBe(paramsBytes(shader.params));
      const bytes = new DataView(packParams(shader.params, params).buffer);
      for (const [name, offset, type] of reflected) {
        const at = Number(offset);
        const value = type === 'f32' ? bytes.getFloat32(at, true) : bytes.getUint32(at, true);
        const given = params[String(name)] ?? NaN;
        expect(value, `${label}, ${String(name)}`).toBe(type === 'f32' ? Math.fround(given) : given >>> 0);
      }
    }
  });

  it('declare their bindings in order', () => {
    for (const { shader, label } of made.values()) {
      const { storage } = reflect(shader);
      const reflected = storage.map(({ name, group, binding, access }) => [name, group, binding, access]);
      expect(reflected, label).toEqual(shader.bindings.map(({ name, access }, i) => [name, 0, i, access]));
    }
  });

  it('are accepted by Dawn with the limits that every device has', async () => {
    for (const [name, value] of Object.entries(globals)) {
      if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true });
    }
    const gpu = create(['backend=null']);
    const requiredFeatures = ['shader-f16', 'subgroups'] as const;
    const device = await (await gpu.requestAdapter())?.requestDevice({ requiredFeatures: [...requiredFeatures] });
    expect(device).toBeDefined();
    if (!device) return;
    const sources = [...made.values()].map(({ shader: { wgsl, bindings, params }, label }) => {
      return { label, wgsl, bindings, hasParams: Object.keys(params).length > 0 };
    });
    const refused: string[] = [];
    await Promise.all(
      sources.map((source) => compilePipeline(device, source).catch((error: unknown) => refused.push(String(error)))),
    );
    device.destroy();
    expect(refused).toEqual([]);
    expect(sources.length).toBeGreaterThan(100);
  });
});
