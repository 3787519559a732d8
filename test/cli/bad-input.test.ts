/** Every kind of bad input: exit code 1, one message that names what is wrong, no stack trace without --verbose. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asProcess, inProcess, tinyClassifier, type Finished } from '../helpers/command.ts';
import { encodeModel, type OnnxModel } from '../helpers/onnx-bytes.ts';
import { randomSource } from '../helpers/random.ts';

let dir = '';
const at = (name: string): string => join(dir, name);

function broken(change: Partial<OnnxModel>): Uint8Array {
  const value = { name: 'x', dtype: 'float32' as const, shape: [1, 4] };
  return encodeModel({
    opset: 13,
    inputs: [value],
    outputs: [{ ...value, name: 'y' }],
    nodes: [{ op: 'Relu', name: 'n', inputs: ['x'], outputs: ['y'] }],
    ...change,
  });
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tilewise-bad-'));
  const random = randomSource(5);
  const good = tinyClassifier();
  const files: Record<string, Uint8Array | string> = {
    'good.onnx': good,
    'truncated.onnx': good.subarray(0, Math.floor(good.length / 2)),
    'random.onnx': Uint8Array.from({ length: 4096 }, () => Math.floor(random() * 256)),
    'empty.onnx': '',
    'truncated.json': '{"format":"graph-model","modelTopology":{"node":[{"na',
    'random.safetensors': Uint8Array.from({ length: 512 }, (_, i) => (i < 8 ? 255 : Math.floor(random() * 256))),
    'cycle.onnx': broken({
      nodes: [
        { op: 'Add', name: 'a', inputs: ['x', 'b_out'], outputs: ['a_out'] },
        { op: 'Relu', name: 'b', inputs: ['a_out'], outputs: ['b_out'] },
        { op: 'Relu', name: 'n', inputs: ['b_out'], outputs: ['y'] },
      ],
    }),
    'missing-tensor.onnx': broken({ nodes: [{ op: 'Add', name: 'sum', inputs: ['x', 'nowhere'], outputs: ['y'] }] }),
    'duplicate.onnx': broken({
      nodes: [
        { op: 'Relu', name: 'one', inputs: ['x'], outputs: ['y'] },
        { op: 'Neg', name: 'two', inputs: ['x'], outputs: ['y'] },
      ],
    }),
    'shapes.onnx': broken({
      initializers: [['w', { dataType: 1, dims: [3], floats: [1, 2, 3] }]],
      nodes: [{ op: 'Add', name: 'misfit', inputs: ['x', 'w'], outputs: ['y'] }],
    }),
    'huge.onnx': broken({
      initializers: [['w', { dataType: 1, dims: [2 ** 29], raw: new Uint8Array(16) }]],
      nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
    }),
    'unsupported.onnx': broken({
      nodes: [
        { op: 'FancyOp', name: 'fancy', inputs: ['x'], outputs: ['m'] },
        { op: 'OtherOp', name: 'other', inputs: ['m'], outputs: ['y'] },
      ],
    }),
    'picture.jpg': 'this is no picture',
    'half.png': Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48),
    'input.bin': new Uint8Array(3 * 64 * 4),
    'short.bin': new Uint8Array(100),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content);
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

function expectOneMessage({ code, stdout, stderr }: Finished, message: RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr.match(/^error: /gm)).toHaveLength(1);
  expect(stderr).not.toMatch(/^\s+at .+:\d+/m);
  expect(stderr).not.toContain('internal error');
  expect(stdout).toBe('');
  expect(code).toBe(1);
}

describe('models', () => {
  it.each([
    ['none.onnx', /none\.onnx/],
    ['truncated.onnx', /truncated\.onnx/],
    ['random.onnx', /random\.onnx/],
    ['empty.onnx', /empty\.onnx/],
    ['truncated.json', /truncated\.json/],
    ['random.safetensors', /random\.safetensors/],
    ['cycle.onnx', /cycle\.onnx.*cycle/],
    ['missing-tensor.onnx', /missing-tensor\.onnx.*node "sum".*"nowhere"/],
    ['duplicate.onnx', /duplicate\.onnx.*"y"/],
    ['huge.onnx', /huge\.onnx.*"?w"?/],
    ['unsupported.onnx', /FancyOp "fancy"[\s\S]*OtherOp "other"/],
  ])('%s', async (name, message) => {
    expectOneMessage(await inProcess('inspect', at(name)), message);
  });

  it('JSON with control characters, in one line', async () => {
    writeFileSync(at('control.json'), '{"format": "graph-model",\n\u001b[2J\n"modelTopology": {}}');
    const { stderr } = await inProcess('inspect', at('control.json'));
    expect(stderr).toMatch(/^error: file control\.json: not valid JSON: [\x20-\x7e]+\n$/);
  });

  it('shapes that do not fit', async () => {
    const args = ['--input', at('input.bin'), '--output-dir', at('out'), '--backend', 'cpu'];
    writeFileSync(at('four.bin'), new Uint8Array(16));
    const misfit = await inProcess('run', at('shapes.onnx'), '--input', at('four.bin'), ...args.slice(2));
    expectOneMessage(misfit, /file .*shapes\.onnx, node "misfit" \(Binary\): shapes 1x4 and 3 do not broadcast/);
  });

  it('an unsupported TensorFlow.js operator, with the file and the node', async () => {
    const node = [
      {
        name: 'x',
        op: 'Placeholder',
        attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim: [{ size: '4' }] } } },
      },
      { name: 'strange', op: 'FancyOp', input: ['x'] },
    ];
    writeFileSync(
      at('fancy.json'),
      JSON.stringify({ format: 'graph-model', modelTopology: { node }, weightsManifest: [] }),
    );
    const { stdout } = await inProcess('inspect', at('fancy.json'), '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'UNSUPPORTED', detail: { file: 'fancy.json', items: [{ op: 'FancyOp', node: 'strange' }] } },
    });
  });

  it.each([
    ['', /no model is named/],
    ['http://', /"http:\/\/" is not an address/],
    ['file://host/x.onnx', /not the address of a file here/],
    ['/dev/zero', /\/dev\/zero: this is a device/],
  ])('%j is no model', async (name, message) => {
    expectOneMessage(await inProcess('inspect', name), message);
  });

  it('an unknown catalogue name suggests one', async () => {
    expectOneMessage(await inProcess('inspect', 'nsfw-mobilnet-v2'), /nsfw-mobilnet-v2[\s\S]*nsfw-mobilenet-v2/);
  });
});

describe('tensors', () => {
  const rest = ['--backend', 'cpu', '--output-dir'];
  it.each([
    [['--input', 'none.bin'], /none\.bin: there is no such file/],
    [['--input', 'short.bin'], /short\.bin: input "pictures:0" of float32 1x3x8x8 takes 768 bytes, the file has 100/],
    [['--input', 'input.bin:1x3x8x9'], /1x3x8x9 does not fit/],
    [['--input', 'input.bin:3x8x8'], /3x8x8 does not fit/],
    [[], /no data for input "pictures:0"/],
  ])('%j', async (args, message) => {
    const paths = args.map((a) => (a.startsWith('--') ? a : at(a)));
    expectOneMessage(await inProcess('run', at('good.onnx'), ...paths, ...rest, at('out')), message);
  });

  it('an empty file for a symbolic batch', async () => {
    writeFileSync(at('batch.onnx'), tinyClassifier('n'));
    writeFileSync(at('empty.bin'), '');
    const result = await inProcess('run', at('batch.onnx'), '--input', at('empty.bin'), ...rest, at('out'));
    expectOneMessage(result, /empty\.bin: input "pictures:0" has no data/);
  });

  it('an unknown input name lists the inputs', async () => {
    const result = await inProcess('run', at('good.onnx'), '--input', `image=${at('input.bin')}`, ...rest, at('out'));
    expectOneMessage(result, /no input "image".*"pictures:0" \(float32 1x3x8x8\)/);
  });

  it('an output folder that cannot be made', async () => {
    const result = await inProcess('run', at('good.onnx'), '--input', at('input.bin'), ...rest, at('input.bin'));
    expectOneMessage(result, /input\.bin: the outputs cannot be written/);
  });

  // Where mkdir -p of Node never returns.
  it.runIf(process.platform === 'linux')('an output folder that the system refuses', async () => {
    const result = await inProcess('run', at('good.onnx'), '--input', at('input.bin'), ...rest, '/proc/tilewise');
    expectOneMessage(result, /\/proc\/tilewise: the outputs cannot be written.*--output-dir/);
  });
});

describe('pictures', () => {
  it.each([
    ['picture.jpg', /picture\.jpg/],
    ['half.png', /half\.png/],
    ['none.jpg', /none\.jpg.*no such file/],
  ])('%s', async (name, message) => {
    expectOneMessage(await inProcess('classify', at(name), '--model', at('good.onnx'), '--backend', 'cpu'), message);
    expectOneMessage(await inProcess('detect', at(name), '--backend', 'cpu'), message);
  });

  it('no model, and none to be had: the address of the usual one, and what to do', async () => {
    await sharp({ create: { width: 9, height: 9, channels: 3, background: 'green' } }).toFile(at('green.png'));
    const result = await inProcess('classify', at('green.png'), '--backend', 'cpu', '--mirror', dir);
    expectOneMessage(result, /raw\.githubusercontent\.com.*quant\.tflite: the mirror folder .* --mirror DIR.*another/);
  });

  it('a bad one among good ones is marked, and the others are printed', async () => {
    await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } }).toFile(at('red.png'));
    const argv = ['classify', 'red.png', 'picture.jpg', 'red.png', 'none.jpg'].map((a) =>
      a.includes('.') ? at(a) : a,
    );
    const rest = ['--model', at('good.onnx'), '--backend', 'cpu', '--top', '1'];
    const { code, stdout, stderr } = await inProcess(...argv, ...rest);
    expect(code).toBe(1);
    expect(stdout.match(/red\.png\n {2}0\.\d{4} {2}class \d\n/g)).toHaveLength(2);
    expect(stderr).toMatch(
      /^error: file .*picture\.jpg: not a picture.*\nerror: file .*none\.jpg: there is no such file\n$/,
    );
    const told = JSON.parse((await inProcess(...argv, ...rest, '--json')).stdout);
    const bad = { name: expect.any(String), message: expect.any(String) };
    expect(told).toMatchObject({
      failed: 2,
      results: [
        { file: at('red.png'), top: [{ label: null }] },
        { file: at('picture.jpg'), error: { ...bad, name: 'InputError', code: 'INPUT_INVALID' } },
        { file: at('red.png'), top: [{ label: null }] },
        { file: at('none.jpg'), error: { ...bad, name: 'LoadError', code: 'LOAD_FAILED' } },
      ],
    });
  });

  it('a folder for pictures that cannot be made', async () => {
    const result = await inProcess('detect', at('picture.jpg'), '--output-dir', at('input.bin'), '--backend', 'cpu');
    expectOneMessage(result, /input\.bin: the pictures cannot be written/);
  });

  it('labels that are not there', async () => {
    const model = ['--model', at('good.onnx'), '--backend', 'cpu'];
    const result = await inProcess('classify', at('red.png'), '--labels', at('none.txt'), ...model);
    expectOneMessage(result, /none\.txt.*no such file/);
  });
});

/** The object on stdout. */
async function told(...argv: string[]): Promise<unknown> {
  return JSON.parse((await inProcess(...argv)).stdout);
}

describe('command lines', () => {
  it.each([
    [['frobnicate'], /^unknown command 'frobnicate'\. See tilewise --help$/],
    [['inspekt', 'x'], /^unknown command 'inspekt' \(Did you mean inspect\?\)\. See tilewise --help$/],
    [['inspect', 'x', '--frobnicate'], /^unknown option '--frobnicate'\. See tilewise inspect --help$/],
    [
      ['detect', 'x.jpg', '--modle', 'm'],
      /^unknown option '--modle' \(Did you mean --model\?\)\. See tilewise detect --help$/,
    ],
    [['inspect'], /^missing required argument 'model'\. See/],
    [['inspect', 'a', 'b'], /^too many arguments for 'inspect'/],
    [['classify', 'x.jpg', '--top', 'many'], /It must be a positive integer\. See/],
    [['detect', 'x.jpg', '--threshold', '30'], /It must be a number from 0 to 1\. See/],
    [['classify', 'x.jpg', '--backend', 'quantum'], /Allowed choices are auto, webgpu, wasm, cpu\. See/],
  ])('%j: one line', async (argv, message) => {
    const { code, stdout, stderr } = await inProcess(...argv);
    const [line = '', ...rest] = stderr.split('\n');
    expect(rest).toEqual(['']);
    expect(line.replace('error: ', '')).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(await told(...argv, '--json')).toMatchObject({ error: { name: 'UsageError', code: 'USAGE' } });
  });

  it('nothing at all shows the help', async () => {
    expect(await inProcess()).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^Usage: tilewise/) });
  });

  it('with --json, help, version and a missing command are one object too', async () => {
    expect(await told('--version', '--json')).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    expect(await told('classify', '--help', '--json')).toEqual({ help: expect.stringContaining('--labels') });
    expect(await told('--json')).toMatchObject({ error: { code: 'USAGE', message: 'no command was given' } });
  });

  it('--help and --version are no errors', async () => {
    const help = await inProcess('--help');
    expect(help.code).toBe(0);
    for (const command of ['detect', 'classify', 'run', 'inspect', 'compare', 'doctor', 'demo'])
      expect(help.stdout).toContain(command);
    expect((await inProcess('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('the process', () => {
  it('ends with code 1 and one message; --verbose adds the stack', async () => {
    const [plain, verbose] = await Promise.all([
      asProcess('inspect', at('truncated.onnx')),
      asProcess('inspect', at('truncated.onnx'), '--verbose'),
    ]);
    expectOneMessage(plain, /truncated\.onnx/);
    expect(verbose.code).toBe(1);
    expect(verbose.stderr).toMatch(/^\s+at .+:\d+/m);
  });

  it.runIf(process.platform === 'linux')('says so when its output is lost on a full disk', () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'models'], {
      cwd: join(import.meta.dirname, '../..'),
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect(stderr).toMatch(/^error: the output cannot be written: ENOSPC.*\n$/);
    expect(status).toBe(1);
  });

  it('with --json prints one object with the error', async () => {
    const { code, stdout, stderr } = await asProcess('run', at('none.onnx'), '--output-dir', at('out'), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'LOAD_FAILED', message: expect.stringContaining('none.onnx') },
    });
    expect(stderr).toMatch(/^error: .*none\.onnx/);
    const usage = await inProcess('inspect', '--json');
    expect(JSON.parse(usage.stdout)).toMatchObject({ error: { code: 'USAGE' } });
  });
});
