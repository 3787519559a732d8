/** Protobuf's text format: what is read, as what, and where it says that something is wrong. */
import { describe, expect, it } from 'vitest';
import { ImportError } from '../../../src/core/errors.ts';
import { parsePrototxt } from '../../../src/formats/caffe/prototxt.ts';
import { recogniseCaffe } from '../../../src/formats/caffe/recognise.ts';
import type { TextMessage } from '../../../src/formats/caffe/text-message.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string): TextMessage => parsePrototxt(bytes(text), 'net.prototxt');

describe('values', () => {
  it.each([
    ['1', 1],
    ['-3', -3],
    ['- 3', -3],
    ['0x1F', 31],
    ['017', 15],
    ['.5', 0.5],
    ['5.', 5],
    ['-1.5e-3', Math.fround(-0.0015)],
    ['2E2', 200],
    ['1.5f', 1.5],
    ['inf', Infinity],
    ['-inf', -Infinity],
    ['-Infinity', -Infinity],
    ['nan', Number.NaN],
  ])('the number %s', (text, value) => {
    expect(parse(`x: ${text}`).number('x', 7)).toBe(value);
  });

  it.each([
    ['true', true],
    ['t', true],
    ['1', true],
    ['False', false],
    ['0', false],
  ])('the flag %s', (text, value) => {
    expect(parse(`x: ${text}`).flag('x', !value)).toBe(value);
  });

  it.each([
    [`"a" 'b'\n# between\n"c"`, 'abc'],
    [String.raw`"\n\t\\\"\'\101\x41"`, '\n\t\\"\'AA'],
    [`'say "no"'`, 'say "no"'],
    ['"# no comment"', '# no comment'],
    ['"größer"', 'größer'],
  ])('the string %s', (text, value) => {
    expect(parse(`x: ${text}`).text('x', '')).toBe(value);
  });

  it('are enums by name or number', () => {
    const choices = ['MAX', 'AVE'] as const;
    expect(['MAX', '1', 'AVE'].map((word) => parse(`x: ${word}`).choice('x', 'MAX', choices))).toEqual([
      'MAX',
      'AVE',
      'AVE',
    ]);
  });

  it('have defaults', () => {
    const empty = parse('');
    expect([empty.number('x', 2), empty.integer('x', 3), empty.flag('x', true), empty.text('x', 'd')]).toEqual([
      2,
      3,
      true,
      'd',
    ]);
    expect(empty.message('m').message('n').integers('x')).toEqual([]);
  });
});

describe('messages', () => {
  it('stand in braces or angles, with a colon or without, and end with commas, semicolons or nothing', () => {
    const net = parse('a { x: 1 } a: { x: 2, } a < x: 3; > a: <x:4> a{x:5}a{}');
    expect(net.messages('a').map((m) => m.integer('x', 0))).toEqual([1, 2, 3, 4, 5, 0]);
  });

  it('may be lists, as may numbers', () => {
    const net = parse('a [{ x: 1 }, < x: 2 >] b: [1, 2] b: 3 b: []');
    expect(net.messages('a').map((m) => m.integer('x', 0))).toEqual([1, 2]);
    expect(net.integers('b')).toEqual([1, 2, 3]);
  });

  it('tell what nobody read, as deep as somebody looked', () => {
    const net = parse('a { x: 1 y { z: 1 } } b: 1 c { d: 1 } e: 2');
    net.message('a').integer('x', 0);
    net.ignore('e', 'c');
    expect(net.unread()).toEqual(['a.y', 'b']);
    net.message('a').message('y');
    expect(net.unread()).toEqual(['a.y.z', 'b']);
  });
});

describe('errors say line and column', () => {
  it.each([
    ['a name that is none', 'a: 1\n  = 2', /line 2, column 3: a field's name should be here, not "="/],
    ['no value', 'a:\n}', /line 2, column 1: a has no value/],
    ['no colon', 'a 1', /line 1, column 3: ":" should follow a/],
    ['a brace that nothing closes', 'a {\n b: 1', /line 1, column 3: the text ends before this message's "}"/],
    ['the other brace', 'a { b: 1 >', /not ">"/],
    ['a brace too many', 'a { } }', /line 1, column 7: .*not "}"/],
    ['a string that does not end', 'a: "b\n"', /line 1, column 4: a string does not end on its line/],
    ['a list that does not end', 'a: [1, 2', /"]" or "," should follow/],
    ['lists in lists', 'a: [[1]]', /a has no value/],
    ['nesting without end', 'a {'.repeat(1000), /deeper than 64/],
    ['a lone sign', 'a: -', /a has no value/],
    ['bytes that are no text', '\u0000\u0001', /line 1, column 1/],
  ])('%s', (_, text, message) => {
    expect(() => parse(text)).toThrow(ImportError);
    expect(() => parse(text)).toThrow(message);
    expect(() => parse(text)).toThrow('net.prototxt');
  });

  it.each<[string, string, (m: TextMessage) => unknown, RegExp]>([
    ['a string for a number', '\na: "1"', (m) => m.number('a', 0), /line 2, column 4: a is no number/],
    ['a fraction for an integer', 'a: 1.5', (m) => m.integer('a', 0), /a is no integer/],
    ['a number beyond integers', 'a: 1e300', (m) => m.integer('a', 0), /a is no integer/],
    ['a negative count', 'a: -1', (m) => m.count('a', 0), /a is -1, less than 0/],
    ['a word for a flag', 'a: yes', (m) => m.flag('a', false), /neither true nor false/],
    ['a word for a string', 'a: b', (m) => m.text('a', ''), /no string in quotes/],
    ['a number for a message', 'a: 1', (m) => m.message('a'), /no message in braces/],
    ['a message for a number', 'a { }', (m) => m.number('a', 0), /a is no number/],
    ['another enum', 'a: MIN', (m) => m.choice('a', 'MAX', ['MAX', 'AVE']), /a is MIN, none of MAX, AVE/],
    ['a second value', 'a: 1\na: 2', (m) => m.number('a', 0), /line 2, column 4: a is given twice/],
  ])('%s', (_, text, read, message) => {
    expect(() => read(parse(text))).toThrow(message);
  });
});

describe('recognition', () => {
  it.each([
    'name: "a"',
    "\n # a comment\n#another\n  name :'a'",
    'input: "data" input_dim: 1',
    'input_shape { dim: 1 }',
    'layer { }',
    'layers: { type: DATA }',
    'layer<name: "a">',
    'force_backward: true layer {}',
    'state { phase: TEST }',
    '\uFEFFname: "a"',
  ])('%j is a network', (text) => {
    expect(recogniseCaffe(bytes(text))).toBe(true);
  });

  it.each([
    '',
    'name: a\nversion: 1',
    '{"layer": 1}',
    '7767517\n75 83\nInput data',
    'net: "train.prototxt"',
    'layered: 5',
    '# only a comment',
    ' '.repeat(20_000),
    '#\n'.repeat(10_000),
  ])('%j is none', (text) => {
    expect(recogniseCaffe(bytes(text))).toBe(false);
  });
});
