/** Changes of ncnn's text: other numbers, parameters more or fewer, layers twice, gone, of another network, or in another order. */
import { at } from '../../../src/util/arrays.ts';
import type { Dice } from '../dice.ts';

const VALUES = ['-233', '-234', '0.5', '-1.5', '1e30', '1e-30', '""', '"0w"', '-23300=3', ',', '1,2,3'];

/** Changes one place of the text of a param file; lines of another file may come in. The counts follow, mostly. */
export function mutateParam(text: string, other: string, dice: Dice): string {
  const [magic = '', counts = '', ...lines] = text.split('\n');
  if (lines.length === 0) return text;
  const i = dice.int(0, lines.length - 1);
  const changed = changedLines(lines, i, other.split('\n').slice(2), dice);
  if (dice.chance(0.1)) return [magic, counts, ...changed].join('\n');
  return [magic, `${changed.length} ${dice.chance(0.1) ? dice.extent() : 2 * changed.length + 9}`, ...changed].join(
    '\n',
  );
}

function changedLines(lines: readonly string[], i: number, others: readonly string[], dice: Dice): readonly string[] {
  const line = at(lines, i);
  switch (dice.int(0, 9)) {
    case 0:
      return lines.toSpliced(i, 1);
    case 1:
      return lines.toSpliced(i, 0, line);
    case 2:
      // Behind the other network's inputs may stand what reads this one's, by the same names.
      return [...lines, ...others.filter((own) => !own.startsWith('Input'))];
    case 3:
      return lines.with(i, `${line} ${dice.int(0, 33)}=${value(dice)}`);
    case 4:
      return lines.with(i, `${line} ${-23300 - dice.int(0, 20)}=1,${value(dice)}`);
    case 5:
      return lines.toReversed();
    default:
      return lines.with(i, changedWord(line, dice));
  }
}

/** One word of a line, or the value of a parameter. */
function changedWord(line: string, dice: Dice): string {
  const words = line.split(' ');
  const i = dice.int(0, words.length - 1);
  const [key = '', old] = at(words, i).split('=');
  if (old !== undefined) return words.with(i, `${dice.chance(0.1) ? dice.int(0, 20) : key}=${value(dice)}`).join(' ');
  return words.with(i, dice.chance(0.5) ? at(words, dice.int(0, words.length - 1)) : String(dice.extent())).join(' ');
}

function value(dice: Dice): string {
  return dice.chance(0.6) ? String(dice.extent()) : dice.pick(VALUES);
}
