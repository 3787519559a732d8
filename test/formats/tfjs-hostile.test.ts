/** Damaged and unsupported TensorFlow.js models: always a typed error that names what is wrong, and never a hang. */
import { describe, expect, it } from 'vitest';
import { LoadError, TilewiseError, UnsupportedError } from '../../src/core/errors.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import type { ModelFiles } from '../../src/formats/importer.ts';
import { tfjsGraph, tfjsLayers } from '../../src/formats/tfjs/index.ts';
import { unwrapModel } from '../../src/formats/wrapped-script.ts';
import { npmModelFiles } from '../helpers/npm-models.ts';
import { print } from '../../src/ir/print.ts';
import { Session } from '../../src/session/session.ts';
import { randomSource } from '../helpers/random.ts';
import { attr, GraphDef, importerOf, modelFiles } from '../helpers/tfjs-models.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const load = (files: ModelFiles): Promise<unknown> => importerOf(files).load(files);

/** A graph model of one weight added to its input, whose manifest the tests damage. */
function adder(weights: readonly unknown[], shards: Readonly<Record<string, Uint8Array>>): ModelFiles {
  const g = new GraphDef();
  const x = g.placeholder('x', [2, 3]);
  g.node('AddV2', [x, g.node('Const', [], {}, 'w')], {}, 'y');
  const weightsManifest = [{ paths: Object.keys(shards).length > 0 ? Object.keys(shards) : ['a.bin'], weights }];
  return modelFiles({ format: 'graph-model', modelTopology: { node: g.nodes }, weightsManifest }, shards);
}

const W = { name: 'w', shape: [3], dtype: 'float32' };

/** The model with these shards, each read by `read`, and the names that were asked for. */
const listed = (paths: readonly string[], read: (i: number) => Promise<Uint8Array>) => {
  const asked: string[] = [];
  const { main } = adder([W], Object.fromEntries(paths.map((path) => [path, new Uint8Array()])));
  const files = { main, read: (path: string) => (asked.push(path), read(paths.indexOf(path))) };
  return { asked, loading: importerOf(files).load(files) };
};
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `s${i}`);

describe('a list of many shards', () => {
  it('is read in its order, whichever comes first', async () => {
    const values = new Uint8Array(Float32Array.of(1, -2, 3).buffer);
    const read = async (i: number): Promise<Uint8Array> => {
      if (i % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      return i % 4 === 0 ? values.slice(i / 4, i / 4 + 1) : new Uint8Array();
    };
    const { asked, loading } = listed(names(48), read);
    const { graph } = await loading;
    const session = await Session.create(graph, { backend: 'cpu' });
    const [sum] = Object.values(await session.run({ x: { shape: [2, 3], data: new Float32Array(6) } }));
    expect(sum?.data).toEqual(Float32Array.of(1, -2, 3, 1, -2, 3));
    expect(asked).toEqual(names(48));
  });

  it.each([
    ['is missing', () => Promise.reject(new LoadError('there is none')), /cannot read this shard/],
    ['holds more than the weights', () => Promise.resolve(new Uint8Array(9)), /the weights need 12 bytes, the shards/],
  ])('is given up where one %s', async (_, read, message) => {
    const { asked, loading } = listed(names(2000), read);
    await expect(loading).rejects.toThrow(message);
    expect(asked.length).toBeLessThan(50);
  });
});

describe('recognition by content', () => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ['a graph model', '{"format":"graph-model","modelTopology":{}}', 'graph'],
    ['a graph model without a format', ' {"modelTopology":{"node":[]}}', 'graph'],
    ['a layers model', '{"format":"layers-model","modelTopology":{}}', 'layers'],
    ['a layers model without a format', '{"modelTopology":{"model_config":{"class_name":"Model"}}}', 'layers'],
    ['a bare Keras model', '{"modelTopology":{"class_name":"Sequential","config":[]}}', 'layers'],
    ['a truncated graph model', '{"modelTopology":{"node":[{"name":"a"', 'graph'],
    ['a truncated layers model', '{"modelTopology":{"model_config":{"clas', 'layers'],
    ['other JSON', '{"name":"tilewise"}', undefined],
    ['no JSON', 'modelTopology', undefined],
    ['nothing', '', undefined],
  ];
  it.each(cases)('%s', (_name, text, kind) => {
    expect(tfjsGraph.recognise(bytesOf(text))).toBe(kind === 'graph');
    expect(tfjsLayers.recognise(bytesOf(text))).toBe(kind === 'layers');
  });
});

describe('broken files', () => {
  it('truncated JSON', async () => {
    const files = modelFiles('{"format":"graph-model","modelTopology":{"node":[', {});
    await expect(load(files)).rejects.toThrow(/file model.json: not valid JSON/);
  });

  it('a missing shard names the file and the weight', async () => {
    const absent = load(adder([W], {}));
    await expect(absent).rejects.toBeInstanceOf(LoadError);
    await expect(absent).rejects.toThrow(/file a\.bin: cannot read this shard, which holds weight "w"/);
  });

  it('a short shard names the file and the weight', async () => {
    const files = adder([{ ...W, name: 'v' }, W], { 'a.bin': new Uint8Array(12), 'b.bin': new Uint8Array(5) });
    await expect(load(files)).rejects.toThrow(/file b\.bin: the weights need 24 bytes, the shards have 17: weight "w"/);
  });

  it('a long shard', async () => {
    await expect(load(adder([W], { 'a.bin': new Uint8Array(13) }))).rejects.toThrow(/13 past the last weight "w"/);
  });

  it('a weight far larger than its shard is refused before allocation', async () => {
    const huge = adder([{ ...W, shape: [1024, 1024, 512] }], { 'a.bin': new Uint8Array(1024) });
    await expect(load(huge)).rejects.toThrow(/need 2147483648 bytes, the shards have 1024/);
    const absurd = adder([{ ...W, shape: [1e6, 1e6, 1e6] }], { 'a.bin': new Uint8Array(1024) });
    await expect(load(absurd)).rejects.toThrow(/weight "w".*the limit is/);
    const negative = adder([{ ...W, shape: [-1] }], { 'a.bin': new Uint8Array(4) });
    await expect(load(negative)).rejects.toThrow(/weight "w".*not a static shape/);
  });

  it('dtypes the engine has not', async () => {
    const files = adder(
      [
        { ...W, dtype: 'string' },
        { ...W, name: 'v', dtype: 'complex64' },
      ],
      { 'a.bin': new Uint8Array(4) },
    );
    await expect(load(files)).rejects.toThrow(/weight "w": dtype string\n.*weight "v": dtype complex64/);
  });

  it('a weight listed twice, and one not listed', async () => {
    await expect(load(adder([W, W], { 'a.bin': new Uint8Array(24) }))).rejects.toThrow(/"w" is listed twice/);
    await expect(load(adder([], { 'a.bin': new Uint8Array(0) }))).rejects.toThrow(/node "w" \(Const\): no weight/);
  });

  it('a cycle', async () => {
    const g = new GraphDef();
    g.placeholder('x', [2]);
    g.node('AddV2', ['x', 'c'], {}, 'b');
    g.node('Relu', ['b'], {}, 'c');
    g.node('Identity', ['c'], {}, 'y');
    await expect(load(g.files())).rejects.toThrow(/cycle through "b", "c"/);
  });

  it('a missing node, two nodes of one name, a node without an input', async () => {
    const missing = new GraphDef();
    missing.node('Relu', ['nowhere'], {}, 'y');
    await expect(load(missing.files())).rejects.toThrow(/"nowhere" is produced by no node/);
    const twice = new GraphDef();
    for (const _ of [0, 1]) twice.placeholder('x', [2]);
    await expect(load(twice.files())).rejects.toThrow(/two nodes of this name/);
    const bare = new GraphDef();
    bare.node('Relu', [], {}, 'y');
    await expect(load(bare.files())).rejects.toThrow(/node "y" \(Relu\): input 0 is missing/);
  });
});

describe('unsupported graph models', () => {
  it('names every operator and attribute in one error', async () => {
    const g = new GraphDef();
    const x = g.placeholder('x', [1, 4, 4, 2]);
    const w = g.constant(tensorOf('float32', [1, 1, 2, 2], [1, 2, 3, 4]));
    const nchw = { data_format: attr.s('NCHW'), strides: attr.ints([2, 1, 1, 1]), padding: attr.s('SAME') };
    const a = g.node('Conv2D', [x, w], nchw, 'conv');
    const b = g.node('Fancy', [a], {}, 'fancy');
    const c = g.node('GatherV2', [b, b, g.ints([0], [])], { batch_dims: attr.i(1) }, 'gather');
    g.node('Multinomial', [c], {}, 'loop');
    g.node('NonMaxSuppressionV5', [], {}, 'unused');
    g.node('Identity', ['loop', '^unused'], {}, 'y');
    const files = g.files({ outputs: { y: { name: 'y:0' } } });
    const error: unknown = await load(files).catch((e: unknown) => e);
    if (!(error instanceof UnsupportedError)) throw new Error(`expected UnsupportedError, got ${String(error)}`);
    expect(error.items.map((i) => `${i.op} ${i.node}: ${i.what}`)).toEqual([
      'Conv2D conv: data_format NCHW',
      'Conv2D conv: strides [2, 1, 1, 1]',
      'Fancy fancy: operator',
      'GatherV2 gather: batch_dims 1 along axis 0',
      'Multinomial loop: operator',
    ]);
  });
});

describe('names of graph models', () => {
  it('inputs and outputs are as the signature orders and names them', async () => {
    const g = new GraphDef();
    g.placeholder('b', [-1, 3]);
    g.placeholder('a', [-1, 3]);
    g.node('Split', [g.ints([1], []), 'a'], { num_split: attr.i(3) }, 'parts');
    g.node('AddV2', ['b', 'parts:2'], {}, 'sum');
    const dim = [{ size: '-1' }, { size: '3' }];
    const files = g.files({
      inputs: {
        one: { name: 'a:0', dtype: 'DT_FLOAT', tensorShape: { dim } },
        two: { name: 'b:0', dtype: 'DT_FLOAT', tensorShape: { dim } },
      },
      outputs: { p: { name: 'parts:1' }, s: { name: 'sum:0' }, again: { name: 'sum' } },
    });
    const { graph } = await tfjsGraph.load(files);
    expect(print(graph)).toBe(
      [
        'input a:0 float32 a:0_dim0x3',
        'input b:0 float32 b:0_dim0x3',
        'parts, parts:1, parts:2 = Split(a:0) axis=1 sizes=[]',
        'sum = Binary(b:0, parts:2) kind="add"',
        'sum:0 = Identity(sum)',
        'output parts:1',
        'output sum:0',
        'output sum',
      ].join('\n'),
    );
  });
});

const input = (name: string): unknown => ({
  class_name: 'InputLayer',
  name,
  config: { name, batch_input_shape: [null, 4, 4, 2] },
  inbound_nodes: [],
});
const layer = (className: string, name: string, from: string, config = {}): unknown => ({
  class_name: className,
  name,
  config: { name, ...config },
  inbound_nodes: [[[from, 0, 0, {}]]],
});
const functional = (layers: readonly unknown[], output: string): ModelFiles =>
  modelFiles(
    {
      format: 'layers-model',
      modelTopology: {
        model_config: {
          class_name: 'Functional',
          config: { name: 'm', layers, input_layers: [['x', 0, 0]], output_layers: [[output, 0, 0]] },
        },
      },
      weightsManifest: [],
    },
    {},
  );

describe('layers models', () => {
  it('names every unsupported layer and setting in one error', async () => {
    const files = functional(
      [
        input('x'),
        layer('MaxPooling2D', 'pool', 'x', { data_format: 'sideways' }),
        layer('LSTM', 'recurrent', 'pool'),
        layer('Activation', 'act', 'recurrent', { activation: 'sparkle' }),
        layer('ReLU', 'y', 'act', { threshold: 1 }),
      ],
      'y',
    );
    await expect(load(files)).rejects.toThrow(
      /4 unsupported things:\n.*"pool": data_format sideways\n.*LSTM "recurrent": layer\n.*"act": activation "sparkle"\n.*"y": threshold 1/,
    );
  });

  it('a cycle, a missing layer, a missing weight, a missing shape', async () => {
    const cycle = functional([input('x'), layer('ReLU', 'a', 'b'), layer('ReLU', 'b', 'a')], 'b');
    await expect(load(cycle)).rejects.toThrow(/cycle through "a"/);
    await expect(load(functional([input('x'), layer('ReLU', 'a', 'z')], 'a'))).rejects.toThrow(
      /"z", which is no layer/,
    );
    await expect(load(functional([input('x'), layer('Dense', 'd', 'x')], 'd'))).rejects.toThrow(
      /weight "d\/bias" is not/,
    );
    const shapeless = functional([layer('InputLayer', 'x', 'x'), layer('ReLU', 'a', 'x')], 'a');
    await expect(load(shapeless)).rejects.toThrow(TilewiseError);
  });

  it('models nested without end', async () => {
    // Written as text: the depth is more than JSON.stringify can take, but not JSON.parse.
    const depth = 50_000;
    const open = '{"class_name":"Sequential","config":{"name":"s","layers":[';
    const model = `${open.repeat(depth)}${']}}'.repeat(depth)}`;
    const files = modelFiles(`{"format":"layers-model","modelTopology":{"model_config":${model}}}`, {});
    await expect(load(files)).rejects.toThrow(/nested more than/);
  });

  it('a chain of layers written backwards', async () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `l${i}`);
    const chain = names.map((name, i) => layer('ReLU', name, i === 0 ? 'x' : `l${i - 1}`)).toReversed();
    const { graph } = await tfjsLayers.load(functional([...chain, input('x')], names.at(-1) ?? ''));
    expect(graph.nodes.length).toBe(20_000);
  });
});

describe('random corruption', () => {
  const models = ['models/liveness.json', 'models/blazeface.json'];
  it.each(models)('of %s ends in a typed error or a valid graph', async (file) => {
    await corrupt(await npmModelFiles('@vladmandic/human', file), 150);
  });

  it('of a layers model ends in a typed error or a valid graph', async () => {
    await corrupt(await npmModelFiles('nsfwjs', 'dist/models/mobilenet_v2/model.min.js'), 100);
  });
});

/** Flips, cuts and repeats bytes of model.json. Structural characters are hit as often as others are. */
async function corrupt({ main, read }: ModelFiles, rounds: number): Promise<void> {
  const random = randomSource(5);
  const shards = new Map<string, Uint8Array>();
  const cached = async (name: string): Promise<Uint8Array> => {
    const shard = shards.get(name) ?? (await read(name));
    shards.set(name, shard);
    return shard;
  };
  const pick = (n: number): number => Math.floor(random() * n);
  let failures = 0;
  for (let round = 0; round < rounds; round++) {
    let bytes = main.bytes.slice();
    const where = pick(bytes.length);
    if (round % 4 === 0) bytes = bytes.slice(0, where);
    else if (round % 4 === 1) bytes.copyWithin(where, pick(bytes.length), pick(bytes.length));
    else for (let i = 0; i < 1 + (round % 5); i++) bytes[digitFrom(bytes, pick(bytes.length))] = 48 + pick(10);
    const files = { main: { name: main.name, bytes }, read: cached };
    for (const importer of [tfjsGraph, tfjsLayers]) {
      const error: unknown = await importer.load(files).then(
        () => undefined,
        (e: unknown) => e,
      );
      if (error === undefined) continue;
      failures++;
      expect(error).toBeInstanceOf(TilewiseError);
    }
  }
  expect(failures).toBeGreaterThan(rounds / 2);
}

/** The next digit or letter, so that the JSON stays readable and its meaning changes. */
function digitFrom(bytes: Uint8Array, start: number): number {
  const found = bytes.subarray(start).findIndex((b) => b >= 48 && b <= 57);
  return found < 0 ? start : start + found;
}

describe('models in packages', () => {
  it('a missing package says how to install it', async () => {
    const missing = npmModelFiles('@tilewise/not-there', 'model.json');
    await expect(missing).rejects.toThrow(
      /"@tilewise\/not-there" is not installed. Run: npm install @tilewise\/not-there/,
    );
  });

  it('a missing file, a path that leaves the package, a script that is no shard', async () => {
    await expect(npmModelFiles('nsfwjs', 'dist/none.json')).rejects.toThrow(/none.json: cannot be read/);
    await expect(npmModelFiles('nsfwjs', '../../package.json')).rejects.toThrow(/outside its package/);
    const files = await npmModelFiles('nsfwjs', 'dist/models/mobilenet_v2/model.min.js');
    expect(files.main.name).toBe('model.json');
    await expect(files.read('group1-shard2of2')).rejects.toThrow(/no such file/);
    await expect(files.read('model')).rejects.toThrow(/file model: does not hold base64/);
  });

  it.each([
    'm.exports={"a":1n};',
    'm.exports={"a":/x/};',
    'm.exports={"a":f()};',
    `m.exports=${'['.repeat(1e5)}`,
    `m.exports=${'-'.repeat(1e5)}1`,
    `m.exports=(${'1,'.repeat(2e5)}1)`,
    // These ended the process.
    `\`${'${`'.repeat(1e5)}`,
    `m.exports=${'1+'.repeat(1e5)}1`,
  ])('a script that holds no data: %.20s', (text) => {
    const main = { name: 'm.min.js', bytes: new TextEncoder().encode(text) };
    expect(() => unwrapModel({ main, read: () => Promise.reject(new TypeError('no file')) })).toThrow(LoadError);
  });
});
