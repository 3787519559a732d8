/** Where values lie: what is written in place, what stays inside, what takes over a buffer, and what prevents it. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type DeviceProfile } from '../../src/core/limits.ts';
import { isDense, type Placement } from '../../src/core/placement.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { arrange, type Arranged, type Arrangement } from '../../src/plan/arrangement/arrange.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import { printPlan } from '../../src/plan/print.ts';
import { at } from '../../src/util/arrays.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import { conflicts, simulate } from './simulate.ts';
import '../helpers/every-operator.ts';

const device: DeviceProfile = { limits: DEFAULT_LIMITS, adapterClass: 'software', features: ['shader-f16'] };
const WINDOW = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit' as const };

/** A network under construction, NHWC maps of 3 × 3 pixels. */
class Net {
  readonly b = new GraphBuilder('net');
  readonly #random = randomSource(5);

  input(channels: number, batch = 1): string {
    return this.b.input('x', 'float32', [batch, 3, 3, channels]);
  }
  conv(x: string, channels: number, out: number, name: string, residual?: string): string {
    const w = this.b.constant('w', randomTensor('float32', [1, 1, channels, out], this.#random));
    const inputs = residual === undefined ? [x, w] : [x, w, '', residual];
    const attributes = { ...WINDOW, group: 1, activation: NO_ACTIVATION };
    return this.b.one('Conv', inputs, attributes, { name, outputs: [name] });
  }
  concat(parts: readonly string[], name: string, axis = 3): string {
    return this.b.one('Concat', parts, { axis }, { name, outputs: [name] });
  }
  split(x: string, sizes: readonly number[], names: readonly string[]): readonly string[] {
    return this.b.add('Split', [x], { axis: 3, sizes }, { name: at(names, 0), outputs: names });
  }
  relu(x: string, name: string): string {
    return this.b.one('Activation', [x], { activation: RELU }, { name, outputs: [name] });
  }
  add(a: string, b: string, name: string): string {
    return this.b.one('Binary', [a, b], { kind: 'add', activation: NO_ACTIVATION }, { name, outputs: [name] });
  }
  finish(...outputs: readonly string[]): Graph {
    for (const output of outputs) this.b.output(output);
    return compile(this.b.build(), { level: 'reference' });
  }
}

/** The arrangement, once its plan is known to hold together, and the dispatches. */
function arranged(graph: Graph, float16 = false): { at: (name: string) => Arranged; steps: string[] } {
  const plan = planGraph(graph, device, { float16 });
  simulate(graph, plan, device, { float16 });
  expect(conflicts(plan)).toEqual([]);
  const arrangement: Arrangement = arrange(graph, device, { float16 });
  const find = (name: string): Arranged => {
    const found = arrangement.get(name);
    if (!found) throw new TypeError(`no value "${name}"`);
    return found;
  };
  return { at: find, steps: plan.steps.map(({ label }) => label) };
}

const slice = (offset: number, pitch: number): Partial<Placement> => ({ offset, pitch, step: 1 });

function twoRows(batch: number): Graph {
  const net = new Net();
  const x = net.input(4, batch);
  return net.finish(net.concat([net.conv(x, 4, 4, 'a'), net.conv(x, 4, 4, 'b')], 'y', 1));
}

describe('Concat', () => {
  it('has its operands written into their slices', () => {
    const net = new Net();
    const x = net.input(4);
    const parts = [net.conv(x, 4, 4, 'a'), net.conv(x, 4, 8, 'b')];
    const { at: value, steps } = arranged(net.finish(net.concat(parts, 'y')));
    expect(steps).toEqual(['a', 'b']);
    expect(value('a')).toMatchObject({ root: 'y', placement: slice(0, 12) });
    expect(value('b')).toMatchObject({ root: 'y', placement: slice(4, 12) });
  });

  it('within another ends in the outermost', () => {
    const net = new Net();
    const x = net.input(4);
    const inner = net.concat([net.conv(x, 4, 4, 'a'), net.conv(x, 4, 4, 'b')], 'inner');
    const { at: value, steps } = arranged(net.finish(net.concat([net.conv(x, 4, 4, 'c'), inner], 'y')));
    expect(steps).toEqual(['a', 'b', 'c']);
    expect([value('inner').placement.offset, value('a').placement.offset, value('b').placement.offset]).toEqual([
      4, 4, 8,
    ]);
  });

  it('copies inputs of the graph, outputs, and what is there twice', () => {
    const net = new Net();
    const x = net.input(4);
    const a = net.conv(x, 4, 4, 'a');
    const b = net.conv(x, 4, 4, 'b');
    const { at: value, steps } = arranged(net.finish(net.concat([x, a, b, b], 'y'), a));
    expect(steps).toEqual(['a', 'b', 'y#0', 'y#1', 'y#2']);
    expect([value('x').root, value('a').root, value('b').root]).toEqual(['x', 'a', 'y']);
  });

  it('copies what a kernel reads while it writes another slice', () => {
    const net = new Net();
    const a = net.conv(net.input(4), 4, 8, 'a');
    const b = net.conv(a, 8, 4, 'b');
    const { at: value, steps } = arranged(net.finish(net.conv(net.concat([a, b], 'y'), 12, 4, 'z')));
    // The larger one is in place, the other is not: convolution b reads the buffer of y.
    expect([value('a').root, value('b').root]).toEqual(['y', 'b']);
    expect(steps).toEqual(['a', 'b', 'y', 'z']);
  });

  it('lets a dense block grow in one buffer', () => {
    const net = new Net();
    let y = net.conv(net.input(4), 4, 8, 'stem');
    for (let i = 0; i < 3; i++) {
      const next = net.conv(net.relu(y, `relu${i}`), 8 + 4 * i, 4, `conv${i}`);
      y = net.concat([y, next], `y${i}`);
    }
    const { at: value, steps } = arranged(net.finish(y));
    expect(steps.some((label) => label.startsWith('y'))).toBe(false);
    expect(['stem', 'y0', 'y1', 'conv0', 'conv1', 'conv2'].map((name) => value(name).root)).toEqual(
      Array.from({ length: 6 }, () => 'y2'),
    );
  });

  it('of rows is contiguous for one image, and copied for two', () => {
    expect(arranged(twoRows(1)).steps).toEqual(['a', 'b']);
    expect(arranged(twoRows(2)).steps).toEqual(['a', 'b', 'y#0', 'y#1']);
  });

  it('keeps vectors: a slice at an odd channel is copied', () => {
    const net = new Net();
    const x = net.input(4);
    const { at: value } = arranged(net.finish(net.concat([net.conv(x, 4, 3, 'a'), net.conv(x, 4, 4, 'b')], 'y')));
    expect([value('a').root, value('b').root]).toEqual(['y', 'b']);
  });

  it('looks through views', () => {
    const net = new Net();
    const x = net.input(4);
    const flat = ['a', 'b'].map((name) => {
      const shape = net.b.ints('shape', [1, 18, 2]);
      return net.b.one('Reshape', [net.conv(x, 4, 4, name), shape], { allowZero: false });
    });
    const { at: value, steps } = arranged(net.finish(net.concat(flat, 'y', 1)));
    expect(steps).toEqual(['a', 'b']);
    expect(value('b')).toMatchObject({ root: 'y', placement: slice(36, 4) });
  });
});

describe('Split', () => {
  it('leaves parts inside for kernels that can read them there', () => {
    const net = new Net();
    const [a = '', b = ''] = net.split(net.conv(net.input(4), 4, 8, 'y'), [4, 4], ['a', 'b']);
    const { at: value, steps } = arranged(net.finish(net.conv(a, 4, 4, 'c'), net.conv(b, 4, 4, 'd')));
    expect(steps).toEqual(['y', 'c', 'd']);
    expect(value('b')).toMatchObject({ root: 'y', placement: slice(4, 8) });
  });

  it('copies parts that leave the graph', () => {
    const net = new Net();
    const [a = '', b = ''] = net.split(net.conv(net.input(4), 4, 8, 'y'), [4, 4], ['a', 'b']);
    const { at: value, steps } = arranged(net.finish(a, net.conv(b, 4, 4, 'd')));
    expect(steps).toEqual(['y', 'a', 'd']);
    expect([value('a').root, value('b').root]).toEqual(['a', 'y']);
  });

  it('by every second channel has them written together', () => {
    const net = new Net();
    const x = net.input(4);
    const both = net.concat([net.conv(x, 4, 8, 'a'), net.conv(x, 4, 8, 'b')], 'y');
    const each = [0, 1].map((start) => {
      const bounds = [[start], [16], [3], [2]].map((v) => net.b.ints('bound', v));
      return net.b.one('Slice', [both, ...bounds], {}, { name: `s${start}`, outputs: [`s${start}`] });
    });
    const outputs = each.map((name, i) => net.conv(name, 8, 4, `c${i}`));
    const { at: value, steps } = arranged(net.finish(...outputs));
    expect(steps).toEqual(['a', 'b', 'c0', 'c1']);
    expect(value('y').placement).toEqual({ offset: 0, pitch: 16, block: 2, step: 8, blockStep: 1 });
    expect(value('s1').placement).toMatchObject(slice(8, 16));
    expect(value('b').placement).toMatchObject({ offset: 4, block: 2, step: 8, blockStep: 1 });
  });
});

function shuffle(net: Net, x: string, groups: number): string {
  return net.b.one('ChannelShuffle', [x], { groups }, { name: 'y', outputs: ['y'] });
}

describe('ChannelShuffle', () => {
  it('is how its operand is written', () => {
    const net = new Net();
    const { at: value, steps } = arranged(net.finish(shuffle(net, net.conv(net.input(4), 4, 12, 'a'), 3)));
    expect(steps).toEqual(['a']);
    expect(value('a')).toMatchObject({
      root: 'y',
      placement: { offset: 0, pitch: 12, block: 4, step: 3, blockStep: 1 },
    });
  });

  it('of a Concat whose operands are its groups places them a step apart, and copies the half that passes', () => {
    const net = new Net();
    const [kept = '', worked = ''] = net.split(net.conv(net.input(4), 4, 8, 'u'), [4, 4], ['kept', 'worked']);
    const both = net.concat([kept, net.conv(net.conv(worked, 4, 4, 'a'), 4, 4, 'b')], 'both');
    const graph = net.finish(shuffle(net, both, 2));
    const { at: value, steps } = arranged(graph);
    expect(steps).toEqual(['u', 'a', 'b', 'both']);
    expect(value('kept').root).toBe('u');
    expect(value('b').placement).toMatchObject({ offset: 1, pitch: 8, step: 2 });
    expect(printPlan(planGraph(graph, device))).toContain('value b float32 1x3x3x4 @1 +1 pitch 8 step 2\n');
  });

  it('copies what something else reads in order', () => {
    const net = new Net();
    const a = net.conv(net.input(4), 4, 8, 'a');
    const { steps } = arranged(net.finish(shuffle(net, a, 2), net.conv(a, 8, 4, 'b')));
    expect(steps).toEqual(['a', 'y', 'b']);
  });
});

describe('in place', () => {
  it('works along a chain, but not on the input', () => {
    const net = new Net();
    const first = net.relu(net.input(4), 'first');
    const { at: value } = arranged(net.finish(net.relu(net.relu(first, 'second'), 'third')));
    expect([value('first').root, value('second').root, value('third').root]).toEqual(['first', 'first', 'first']);
  });

  it('takes whichever operand dies, or none', () => {
    const net = new Net();
    const x = net.input(4);
    const [a, b] = [net.conv(x, 4, 4, 'a'), net.conv(x, 4, 4, 'b')];
    const sum = net.add(a, b, 'sum');
    const { at: value } = arranged(net.finish(sum, net.add(a, sum, 'again')));
    // a is read again, b is not; sum leaves the graph, and then a dies.
    expect(value('sum').root).toBe('b');
    expect(value('again').root).toBe('a');
  });

  it('adds a residual over itself, and not over what the convolution reads', () => {
    const net = new Net();
    const skip = net.conv(net.input(4), 4, 4, 'skip');
    const y = net.conv(net.conv(skip, 4, 4, 'a'), 4, 4, 'y', skip);
    const { at: value } = arranged(net.finish(net.conv(y, 4, 4, 'z', y)));
    expect(value('y').root).toBe('skip');
    expect(value('z').root).toBe('z');
  });

  it('keeps off a buffer whose other part is still read', () => {
    const net = new Net();
    const [a = '', b = ''] = net.split(net.conv(net.input(4), 4, 8, 'y'), [4, 4], ['a', 'b']);
    const { at: value } = arranged(net.finish(net.conv(net.relu(a, 'r'), 4, 4, 'c'), net.conv(b, 4, 4, 'd')));
    expect(value('r').root).toBe('r');
  });
});

describe('float16', () => {
  it('is for values between kernels that have it, weights included, and not for what enters or leaves', () => {
    const net = new Net();
    const w = net.b.constant('w', randomTensor('float32', [1, 1, 32, 32], randomSource(1)));
    const attributes = { ...WINDOW, group: 1, activation: NO_ACTIVATION };
    const a = net.conv(net.input(4), 4, 32, 'a');
    const b = net.b.one('Conv', [a, w], attributes, { outputs: ['b'] });
    const r = net.b.one('Reduce', [net.relu(b, 'c')], { kind: 'mean', axes: [1], keepDims: true }, { outputs: ['r'] });
    const { at: value } = arranged(net.finish(r), true);
    expect(['x', 'a', 'b', 'r'].map((name) => value(name).storage)).toEqual(['f32', 'f16', 'f16', 'f32']);
    // The weights of a are few, those of b are not.
    expect(value(w).storage).toBe('f16');
    expect(isDense(value('b').placement, [1, 3, 3, 32])).toBe(true);
  });
});
