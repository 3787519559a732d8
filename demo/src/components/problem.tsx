/** An error: what is wrong, what to do, and everything a model needs that the engine lacks. */
import type { ComponentChildren, VNode } from 'preact';
import type { PlainError } from '../worker/plain-error.ts';

/** Children are what the visitor can do about it. */
export function Problem({
  error,
  children,
}: {
  readonly error: PlainError;
  readonly children?: ComponentChildren;
}): VNode {
  const { code, message, hint, unsupported } = error;
  const stopped = code === 'ABORTED';
  return (
    <div class="problem-box" role="alert" data-testid="problem" data-code={code}>
      <p class={stopped ? 'quiet' : 'problem'}>{message}</p>
      {hint && <p>{hint}</p>}
      {unsupported && (
        <div class="table-scroll" role="region" aria-label="What the engine lacks" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Operator</th>
                <th scope="col">Node</th>
                <th scope="col">What</th>
              </tr>
            </thead>
            <tbody>
              {unsupported.map(({ op, node, what }, i) => (
                <tr key={i}>
                  <th scope="row">{op}</th>
                  <td>{node}</td>
                  <td>{what}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {children && <div class="actions">{children}</div>}
    </div>
  );
}
