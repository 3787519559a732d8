/** The command line: labels, tensors and models from files of any bytes, beside a tiny model; arguments of any text. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNpy } from '../../../src/cli/npy.ts';
import { zeros } from '../../../src/core/tensor.ts';
import { encodeBmp } from '../../helpers/bmp-bytes.ts';
import { inProcess, tinyClassifier } from '../../helpers/command.ts';
import { STEERS } from '../../helpers/steers.ts';
import { Dice } from '../dice.ts';
import { Fault, type FuzzTarget } from '../target.ts';

const folder = mkdtempSync(join(tmpdir(), 'tilewise-fuzz-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
writeFileSync(at('model.onnx'), tinyClassifier('N'));
writeFileSync(
  at('picture.bmp'),
  encodeBmp(
    24,
    Array.from({ length: 24 }, (_, i) => i * 9),
  ),
);

const CPU = ['--backend', 'cpu'];

/** What an option may be given. */
const TEXTS = [
  '',
  '0',
  '-1',
  '1x3x8x8',
  '0x3x8x8',
  'scalar',
  '1e9',
  '99999999999x3x8x8',
  '__proto__',
  'x=1x2',
  '\u202e',
  '\u001b[2J',
  'NaN',
  '1,2,3',
];

/** Commands that read the file, with an argument drawn from the input's second half. */
function commandOf(dice: Dice): string[] {
  const text = dice.pick(TEXTS);
  return dice.pick([
    ['classify', at('picture.bmp'), '--model', at('model.onnx'), '--labels', at('input'), ...CPU],
    ['run', at('model.onnx'), '--input', `${at('input')}:${text}`, '--output-dir', at('out'), ...CPU],
    ['run', at('model.onnx'), '--input', `pictures:0=${at('input')}`, '--output-dir', at('out'), ...CPU],
    ['inspect', at('model.onnx'), '--input-shape', text],
    ['inspect', at('model.onnx'), '--input-shape', `pictures:0=${text}`],
    ['classify', at('picture.bmp'), '--model', at('model.onnx'), '--mean', text, '--top', text, ...CPU],
    ['inspect', text],
  ]);
}

const utf8 = new TextEncoder();

/** The first two bytes choose the command, the next two its text; all of them are the file. */
const inputOf = (command: number, file: Uint8Array): Uint8Array => Uint8Array.of(0, 0, command, 0, ...file);

/** The target. */
export const command: FuzzTarget = {
  seeds: [0, 80, 110].flatMap((choice) => [
    inputOf(choice, utf8.encode('one\ntwo\nthree\nfour')),
    inputOf(choice, utf8.encode('n01440764 tench\r\nn01443537 \u001b]0;x\u0007\n<b>\n\u202etxt')),
    inputOf(choice, new Uint8Array(4 * 192)),
    inputOf(choice, writeNpy(zeros('float32', [1, 3, 8, 8]))),
  ]),
  mutators: [],
  run: async (bytes) => {
    writeFileSync(at('input'), bytes.subarray(4));
    const { code, stdout, stderr } = await inProcess(...commandOf(Dice.of(bytes)));
    if (STEERS.test(stdout + stderr))
      throw new Fault(`what is printed steers the terminal: ${JSON.stringify(stdout + stderr)}`);
    if (stderr.includes('internal error') || (code !== 0 && code !== 1))
      throw new Fault(`exit code ${code}: ${stderr}`);
  },
};
