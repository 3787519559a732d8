/** How a network is put together: what is fed, which layer gives what, and what comes out. */
import { describe, expect, it } from 'vitest';
import { ShapeError, UnsupportedError } from '../../../src/core/errors.ts';
import { tensorOf, zeros } from '../../../src/core/tensor.ts';
import { bindShapes } from '../../../src/passes/bind-shapes.ts';
import { add, errorOf, layer, load, results, X } from './tiny-net.ts';

describe('inputs', () => {
  it.each([
    [X, { x: [1, 2, 1, 1] }],
    ['input: "x" input_shape { dim: 5 dim: 3 }', { x: [5, 3] }],
    [
      `input: "x" input: "z" input_dim: [1, 2, 3, 4, 5, 6, 7, 8] ${add('u', 'z', 'v', 1)}`,
      { x: [1, 2, 3, 4], z: [5, 6, 7, 8] },
    ],
    [
      'layer { name: "i" type: "Input" top: "x" input_param { shape { dim: 10 dim: 3 dim: 8 dim: 9 } } }',
      { x: [10, 3, 8, 9] },
    ],
    [
      `layer { name: "i" type: "Input" top: "x" top: "z" input_param { shape { dim: 1 dim: 3 } } } ${add('u', 'z', 'v', 1)}`,
      { x: [1, 3], z: [1, 3] },
    ],
    ['layer { name: "i" type: "Input" top: "x" }', { x: ['x_batch', 'x_channels', 'x_height', 'x_width'] }],
    [
      'layer { name: "d" type: "Data" top: "x" top: "l" transform_param { crop_size: 7 mean_value: [1, 2, 3] } }',
      { x: [1, 3, 7, 7] },
    ],
    [
      'layer { name: "d" type: "ImageData" top: "x" top: "l" image_data_param { new_height: 4 new_width: 5 is_color: false } }',
      { x: [1, 1, 4, 5] },
    ],
    [
      'layer { name: "d" type: "MemoryData" top: "x" top: "l" memory_data_param { batch_size: 9 channels: 2 height: 3 width: 4 } }',
      { x: [1, 2, 3, 4] },
    ],
    [
      'layer { name: "d" type: "DummyData" top: "x" dummy_data_param { num: 2 channels: 3 height: 4 width: 5 } }',
      { x: [2, 3, 4, 5] },
    ],
    ['layer { name: "d" type: "Data" top: "x" }', { x: [1, 'x_channels', 'x_height', 'x_width'] }],
  ])('%s', async (inputs, shapes) => {
    const { graph } = await load(`${inputs} ${add('l', 'x', 'y', 1)}`);
    expect(Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, shape]))).toEqual(shapes);
    const isSuggested = graph.inputs.every(
      ({ shape, suggested }) => suggested === true || !shape.some(Number.isInteger),
    );
    expect(isSuggested).toBe(true);
  });

  it('have as many channels as the first convolution takes, where nothing else says', async () => {
    const conv = layer(
      'c',
      'Convolution',
      'x',
      'y',
      'convolution_param { num_output: 2 kernel_size: 1 group: 2 bias_term: false }',
    );
    const { graph } = await load(`layer { name: "d" type: "Data" top: "x" } ${conv}`, {
      c: [zeros('float32', [2, 3, 1, 1])],
    });
    expect(graph.inputs[0]?.shape).toEqual([1, 6, 'x_height', 'x_width']);
  });

  it.each([
    ['input: "x" input_dim: [1, 2, 3]', /1 inputs have 3 numbers of input_dim/],
    ['input: "x" input_dim: [1, 0, 3, 4]', /input_dim has a number below 1/],
    ['input: "x" input_shape { dim: 1 } input_shape { dim: 1 }', /1 inputs have 2 shapes/],
    ['input: "x" input: "x" input_dim: [1, 1, 1, 1, 1, 1, 1, 1]', /two inputs have the same name/],
    ['input: "" input_dim: [1, 1, 1, 1]', /an input has no name/],
  ])('%s is refused', async (inputs, message) => {
    expect((await errorOf(`${inputs} ${add('l', 'x', 'y', 1)}`)).message).toMatch(message);
  });
});

describe('layers in place', () => {
  it('are each a step, and the last gives what the blob is called', async () => {
    const model = await load(`${X} ${add('a', 'x', 'y', 1)} ${add('b', 'y', 'y', 10)} ${add('c', 'y', 'y', 100)}`);
    expect(model.graph.nodes.map(({ name, outputs }) => [name, ...outputs])).toEqual([
      ['a', 'a:0'],
      ['b', 'b:0'],
      ['c', 'y'],
    ]);
    expect(results(model)).toEqual({ y: 111 });
  });

  it('change what layers behind them read, not what others before them read', async () => {
    const model = await load(
      `${X} ${add('a', 'x', 'y', 1)} ${add('b', 'y', 'p', 1000)} ${add('c', 'y', 'y', 10)} ${add('d', 'y', 'q', 1000)}`,
    );
    expect(results(model)).toEqual({ p: 1001, q: 1011 });
  });

  it('may change the input itself', async () => {
    const model = await load(`${X} ${add('a', 'x', 'x', 1)} ${add('b', 'x', 'y', 10)}`);
    expect(results(model)).toEqual({ y: 11 });
  });

  it('may be the last of all that there is', async () => {
    expect(Object.values(results(await load(`${X} ${add('a', 'x', 'x', 1)}`)))).toEqual([1]);
  });
});

describe('outputs', () => {
  it('are what nobody reads, in the order of their names', async () => {
    const model = await load(`${X} ${add('a', 'x', 'z', 1)} ${add('b', 'x', 'B', 2)} ${add('c', 'z', 'a', 3)}`);
    expect(model.graph.outputs).toEqual(['B', 'a']);
    expect(results(model)).toEqual({ B: 2, a: 4 });
    expect([...model.declared.keys()]).toEqual(['x', 'B', 'a']);
  });

  it('that Silence reads are none', async () => {
    const silence = layer('s', 'Silence', 'z', '');
    expect(results(await load(`${X} ${layer('s0', 'Split', 'x', 'yz')} ${silence}`))).toEqual({ y: 0 });
  });

  it('of layers that move nothing are the input', async () => {
    expect(results(await load(`${X} ${layer('d', 'Dropout', 'x', 'y')} ${layer('e', 'Dropout', 'y', 'y')}`))).toEqual({
      y: 0,
    });
  });
});

describe('what is wrong with a network', () => {
  it.each([
    [
      'a blob that nobody gives',
      add('a', 'q', 'y', 1),
      /node "a" \(Power\): reads "q", which no layer and no input gives/,
    ],
    ['a circle', add('a', 'q', 'y', 1) + add('b', 'y', 'q', 1), /reads "q", which only layer "b" gives, not before it/],
    ['a layer that reads what it gives', add('a', 'y', 'y', 1), /which only layer "a" gives/],
    [
      'a blob that two give',
      add('a', 'x', 'y', 1) + add('b', 'x', 'y', 1),
      /node "b".*gives "y", which is given before/,
    ],
    ['a blob that one gives twice', layer('a', 'Split', 'x', 'yy'), /gives "y", which is given before/],
    ['a top too many', layer('a', 'ReLU', 'x', 'yz'), /has 2 tops instead of 1/],
    ['a bottom too many', layer('a', 'ReLU', 'xx', 'y'), /reads 2 blobs instead of 1/],
    ['no top', layer('a', 'ReLU', 'x', ''), /has 0 tops instead of 1|gives nothing/],
    ['a blob without a name', 'layer { name: "a" type: "ReLU" bottom: "x" top: "" }', /has a blob without a name/],
    ['no type', 'layer { name: "a" bottom: "x" top: "y" }', /layer "a" has no type/],
    ['no layers', '', /has no layers/],
    ['layers in both forms', `${add('a', 'x', 'y', 1)} layers { }`, /both "layer" and "layers"/],
    ['rules for both', add('a', 'x', 'y', 1, 'include { } exclude { }'), /rules to include or to exclude/],
    ['fields of a solver', `${add('a', 'x', 'y', 1)} base_lr: 0.1`, /"base_lr" is no field of a network/],
    ['an axis beyond', layer('a', 'Softmax', 'x', 'y', 'softmax_param { axis: 4 }'), /axis 4 is none of 4/],
    ['a size that is missing', layer('a', 'Pooling', 'x', 'y', 'pooling_param { }'), /kernel_size is missing/],
    [
      'padding as wide as the window',
      layer('a', 'Pooling', 'x', 'y', 'pooling_param { kernel_size: 2 pad: 2 }'),
      /pads 2, 2/,
    ],
    [
      'two forms of a size',
      layer('a', 'Pooling', 'x', 'y', 'pooling_param { kernel_size: 2 kernel_h: 2 kernel_w: 2 }'),
      /without kernel_size/,
    ],
    ['half of a size', layer('a', 'Pooling', 'x', 'y', 'pooling_param { kernel_h: 2 }'), /kernel_w is missing/],
    ['an even neighbourhood', layer('a', 'LRN', 'x', 'y', 'lrn_param { local_size: 4 }'), /local_size 4 is even/],
    [
      'shapes that differ',
      `${layer('s', 'Concat', 'xx', 'p')} ${layer('a', 'Eltwise', 'xp', 'y')}`,
      /have not the same shape/,
    ],
    [
      'coefficients of a product',
      layer('a', 'Eltwise', 'xx', 'y', 'eltwise_param { operation: PROD coeff: 1 coeff: 2 }'),
      /2 coefficients for the PROD/,
    ],
    ['an order of nothing', layer('a', 'Permute', 'x', 'y', 'permute_param { order: 1 order: 1 }'), /order \[1, 1\]/],
    [
      'two extents that follow',
      layer('a', 'Reshape', 'x', 'y', 'reshape_param { shape { dim: -1 dim: -1 } }'),
      /says no extents/,
    ],
    ['parts that do not come out', layer('a', 'Slice', 'x', 'yzw'), /cannot be parted into 3/],
  ])('%s', async (_, layers, message) => {
    expect((await errorOf(`${X} ${layers}`)).message).toMatch(message);
  });

  it('is told for all layers at once, but not for those behind that lack what they read', async () => {
    const error = await errorOf(
      `${X} ${layer('a', 'Warp', 'x', 'y')} ${add('b', 'y', 'z', 1)} ${layer('c', 'Python', 'z', 'w', 'python_param { module: "m" layer: "L" }')} ${layer('d', 'Pooling', 'x', 'v', 'pooling_param { pool: STOCHASTIC kernel_size: 2 }')} ${layer('e', 'ReLU', 'x', 'u', 'relu_param { cap: 6 } warp_param { }')} ${layer('f', 'constructor', 'y', 't')}`,
    );
    if (!(error instanceof UnsupportedError)) throw error;
    expect(error.items.map(({ node, op, what }) => [node, op, what])).toEqual([
      ['a', 'Warp', 'layer'],
      ['c', 'Python m.L', 'layer'],
      ['d', 'Pooling', 'pool STOCHASTIC, which is random'],
      ['e', 'ReLU', 'relu_param.cap'],
      ['e', 'ReLU', 'warp_param'],
      ['f', 'constructor', 'layer'],
    ]);
  });

  it('is not said of code in Python that is known', async () => {
    const param = `python_param { module: "rpn.proposal_layer" layer: "ProposalLayer" param_str: "'feat_stride': 16" }`;
    const inputs =
      'input: "s" input: "d" input: "i" input_shape { dim: [1, 18, 3, 3] } input_shape { dim: [1, 36, 3, 3] } input_shape { dim: [1, 3] }';
    const { graph } = await load(`${inputs} ${layer('p', 'Python', 'sdi', 'r', param)}`);
    expect(graph.outputs).toEqual(['r']);
  });

  it('is told of layers within layers by the year of the form', async () => {
    const error = await errorOf('layers { layer { name: "a" type: "conv" } bottom: "x" top: "y" }');
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.message).toMatch(/form of 2013 \(V0\)[^]*upgrade_net_proto_text/);
  });

  it('does not take what every object has for a layer or a blob', async () => {
    const net = `${X} ${add('__proto__', 'x', 'y', 1)} ${layer('toString', 'ReLU', 'y', 'z')}`;
    expect(results(await load(net.replaceAll('"y"', '"constructor"')))).toEqual({ z: 1 });
  });
});

describe('channels that the file has weights for', () => {
  it('are fixed, so that factors stretch no picture of one channel', async () => {
    const { graph } = await load(`${X} ${layer('l', 'Scale', 'x', 'y')}`, { l: [tensorOf('float32', [2], [1, 2])] });
    expect(bindShapes(graph, { x: [3, 2, 5, 5] }).inputs[0]?.shape).toEqual([3, 2, 5, 5]);
    expect(() => bindShapes(graph, { x: [1, 1, 5, 5] })).toThrow('dimension 1 is fixed to 2');
  });
});

describe('what batches have in common', () => {
  it('is refused as a mean of each', async () => {
    const error = await errorOf(
      `${X} ${layer('a', 'BatchNorm', 'x', 'y', 'batch_norm_param { use_global_stats: false }')}`,
      {
        a: [zeros('float32', [2]), zeros('float32', [2]), tensorOf('float32', [1], [1])],
      },
    );
    expect(error.message).toContain('use_global_stats: false');
  });
});

const ROWS = 'input: "x" input: "r" input_dim: [1, 1, 3, 3, 1, 1, 2, 3]';

/** The second input's size of the first, from a row on. */
const crop = (row: number): string => layer('c', 'Crop', 'xr', 'y', `crop_param { offset: ${row} offset: 0 }`);

/** The rows before one, and those from it on. */
const parts = (row: number): string => layer('s', 'Slice', 'x', 'ab', `slice_param { axis: 2 slice_point: ${row} }`);

describe('rows that pictures decide', () => {
  it('are as many as a blob is cut to', async () => {
    expect(results(await load(`${ROWS} ${crop(1)}`))).toEqual({ y: 0 });
    const model = await load(`${ROWS} ${crop(2)}`);
    expect(() => results(model)).toThrow(ShapeError);
  });

  it('are as many as a blob is parted into', async () => {
    expect(results(await load(`${ROWS} ${parts(1)} ${add('u', 'r', 'v', 1)}`))).toEqual({ a: 0, b: 0, v: 1 });
    const model = await load(`${ROWS} ${parts(4)} ${add('u', 'r', 'v', 1)}`);
    expect(() => results(model)).toThrow(ShapeError);
  });
});
