/** What a session accepts as feeds, and what it says of the rest. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import type { FeedTensor, Port } from '../../src/session/feeds.ts';
import { checkFeeds } from '../../src/session/feeds.ts';

const tensorsOf = (inputs: readonly Port[], feeds: Readonly<Record<string, FeedTensor>>) =>
  new Map([...checkFeeds(inputs, feeds)].flatMap(([name, feed]) => ('data' in feed ? [[name, feed]] : [])));

const ports: Port[] = [{ name: 'x', dtype: 'float32', shape: ['batch', 2] }];
const feed = (x: FeedTensor) => tensorsOf(ports, { x }).get('x');

const take = (dtype: 'int64' | 'bool', data: FeedTensor['data']) =>
  tensorsOf([{ name: 'x', dtype, shape: [2] }], { x: { shape: [2], data } }).get('x')?.data;

describe('feeds', () => {
  it('takes typed arrays and plain numbers, converting where needed', () => {
    const own = new Float32Array([1, 2]);
    expect(feed({ shape: [1, 2], data: own })?.data).toBe(own);
    expect(feed({ shape: [1, 2], data: [1, 2] })?.data).toEqual(own);
    expect(feed({ shape: [1, 2], data: new Uint8ClampedArray([1, 2]) })?.data).toEqual(own);
  });

  it('takes any extents where a model only suggests them, of its rank', () => {
    const suggesting: Port[] = [{ name: 'x', dtype: 'float32', shape: [1, 2], suggested: true }];
    const fed = (shape: readonly number[]) => tensorsOf(suggesting, { x: { shape, data: new Float32Array(6) } });
    expect(fed([2, 3]).get('x')?.shape).toEqual([2, 3]);
    expect(() => fed([1, 2, 3])).toThrow('input "x" is float32 1x2, got float32 1x2x3');
  });

  it('takes 64-bit integers and half bits', () => {
    const int64: Port[] = [{ name: 'x', dtype: 'int64', shape: [2] }];
    const half: Port[] = [{ name: 'x', dtype: 'float16', shape: [1] }];
    const ints = tensorsOf(int64, { x: { shape: [2], data: new BigInt64Array([1n, -2n]) } });
    expect(ints.get('x')?.data).toEqual(new Int32Array([1, -2]));
    const halves = tensorsOf(half, { x: { shape: [1], data: new Uint16Array([0x3c00]) } });
    expect(halves.get('x')?.data).toEqual(new Float32Array([1]));
  });

  it('converts 64-bit integers for other types, and makes every nonzero bool 1', () => {
    expect(feed({ shape: [1, 2], data: new BigInt64Array([1n, -2n]) })?.data).toEqual(new Float32Array([1, -2]));
    const bools = tensorsOf([{ name: 'x', dtype: 'bool', shape: [3] }], { x: { shape: [3], data: [0, 1, 2] } });
    expect(bools.get('x')?.data).toEqual(new Uint8Array([0, 1, 1]));
  });

  it('takes lists of bigints and of booleans', () => {
    expect(take('int64', [1n, -2n])).toEqual(new Int32Array([1, -2]));
    expect(take('int64', new BigUint64Array([1n, 2n]))).toEqual(new Int32Array([1, 2]));
    expect(take('bool', [false, true])).toEqual(new Uint8Array([0, 1]));
  });

  it('copies shared memory, which WebGPU does not take everywhere', () => {
    const data = new Float32Array(new SharedArrayBuffer(8)).fill(3);
    const taken = feed({ shape: [1, 2], data })?.data;
    expect(taken).toEqual(new Float32Array([3, 3]));
    expect(taken?.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it.each([[['a', 'b']], [['1', 2]], [[null, 1]], [[undefined, 1]], [Array(2)], ['12'], [[{}, 1]]])(
    'takes %o for no numbers',
    (data) => {
      expect(() => feed({ shape: [1, 2], data: data as never })).toThrow(/element 0 is .*, which does not fit float32/);
    },
  );

  it.each([
    ['int64', [0, 2 ** 31], /element 1 is 2147483648, which does not fit 32 bits, in which the engine holds it/],
    ['int64', new BigInt64Array([-(2n ** 40n), 0n]), /element 0 is -1099511627776/],
    ['int32', [1.5, 0], /element 0 is 1.5, which does not fit int32/],
    ['uint8', [0, 256], /element 1 is 256, which does not fit uint8/],
    ['int8', new Float32Array([NaN, 0]), /element 0 is NaN/],
  ] as const)('refuses numbers that %s cannot hold', (dtype, data, message) => {
    const port: Port = { name: 'x', dtype, shape: [2] };
    expect(() => tensorsOf([port], { x: { shape: [2], data } })).toThrow(message);
  });

  it.each([
    [new Float32Array(2)],
    [[1, 2]],
    [{ data: [1, 2] }],
    [{ shape: [1, 2] }],
    [{ width: 1, height: 1, data: new Uint8Array(4) }],
    ['picture.png'],
    [null],
  ])('says what a feed is when it is given %o', (x) => {
    expect(() => checkFeeds(ports, { x } as never)).toThrow(
      /given for input "x" is no tensor\. Pass \{ shape, data \}/,
    );
  });

  it('takes no inherited property for a feed', () => {
    const port: Port = { name: 'toString', dtype: 'float32', shape: [] };
    expect(() => tensorsOf([port], {})).toThrow(/no tensor was given/);
  });

  it.each([
    [{}, /input "x" is float32 batchx2, and no tensor was given/],
    [{ y: { shape: [1, 2], data: [1, 2] } }, /"y" is not an input; the inputs are "x"/],
    [{ x: { shape: [2], data: [1, 2] } }, /got float32 2/],
    [{ x: { shape: [1, 3], data: [1, 2, 3] } }, /got float32 1x3/],
    [{ x: { shape: [2, 2], data: [1, 2] } }, /does not hold 2 elements/],
    [{ x: { dtype: 'int32' as const, shape: [1, 2], data: [1, 2] } }, /got int32/],
  ])('refuses %o', (feeds, message) => {
    expect(() => tensorsOf(ports, feeds as Record<string, FeedTensor>)).toThrow(message);
    expect(() => tensorsOf(ports, feeds as Record<string, FeedTensor>)).toThrow(InputError);
  });
});
