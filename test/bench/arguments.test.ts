/** The benchmark's command line: what it refuses, and how it says so. */
import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { listOf, parseCounts, parsePositive } from '../../bench/lib/program.ts';
import { runModelBench } from '../../bench/models/bench.ts';

interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function bench(...argv: string[]): Promise<Finished> {
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({ write: (text: string) => (written[name] += text) });
  const code = await runModelBench(argv, { stdout: sink('stdout'), stderr: sink('stderr') });
  return { code, ...written };
}

describe('the benchmark refuses', () => {
  it.each([
    [['--models', 'resnet-18,alexnet'], 'There is no "alexnet"; known: shufflenet-v1,'],
    [['--batch', '1,0'], 'positive integers with commas between'],
    [['--batch', 'one'], 'positive integers with commas between'],
    [['--runs', '2.5'], 'positive integer'],
    [['--seconds', '-1'], 'positive number'],
    [['--cpu', 'some'], 'Allowed choices are none, batch1, all'],
    [['--shader-cache', 'maybe'], 'Allowed choices are on, off'],
    [['--modles', 'resnet-18'], "unknown option '--modles'"],
    [['resnet-18'], 'too many arguments'],
    [['--quick', '--adapter', 'quantum'], 'unknown adapter "quantum"'],
  ])('%j', async (argv, message) => {
    const { code, stdout, stderr } = await bench(...argv);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it('in JSON too where that was asked for', async () => {
    const { code, stdout } = await bench('--json', '--models', 'alexnet');
    expect(code).toBe(1);
    const { error } = JSON.parse(stdout);
    expect(error.code).toBe('USAGE');
    expect(error.message).toContain('There is no "alexnet"');
  });
});

it('--help names the networks and is no failure', async () => {
  const { code, stdout } = await bench('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('inception-v3');
});

it('lists keep their known order and drop repeats', () => {
  expect(listOf(['a', 'b', 'c'])('c, a,c')).toEqual(['a', 'c']);
  expect(() => listOf(['a'])('')).toThrow(InvalidArgumentError);
  expect(parseCounts('8, 1,8')).toEqual([8, 1]);
  expect(() => parseCounts('')).toThrow(InvalidArgumentError);
  expect(parsePositive('0.5')).toBe(0.5);
});
