/** If, whose branches are nodes of the graph by now: see `branches.ts`. */
import { UnsupportedError } from '../../../../core/errors.ts';
import type { OnnxNode } from '../../node.ts';

/** Chooses at once where the condition is a constant of the file. Fails on one that has no branches. */
export function ifOp(n: OnnxNode): string {
  if (n.inputCount !== 3) n.fail('then_branch and else_branch are missing');
  const known = n.constantInput(0)?.data;
  const condition = n.input(0);
  const branches = [n.input(1), n.input(2)].map((name) => ({ name, lacks: n.context.lacks?.of(name) ?? [] }));
  if (known?.length === 1) {
    const { name, lacks } = (known[0] === 0 ? branches[1] : branches[0]) ?? n.fail('a branch is missing');
    if (lacks.length > 0) throw new UnsupportedError(lacks, { format: 'onnx' });
    return n.one('Identity', [name], {});
  }
  const values = branches.map(({ name, lacks }) => (lacks.length > 0 ? '' : name));
  return n.one('If', [condition, ...values], { missing: branches.flatMap(({ lacks }) => lacks) });
}
