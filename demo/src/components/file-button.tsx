/** A button that opens the file chooser: an input that looks like one, so that keyboards and screen readers know it. */
import type { ComponentChildren, VNode } from 'preact';

/** Properties of `FileButton`. */
export interface FileButtonProps {
  readonly accept?: string;
  readonly multiple?: boolean;
  readonly testId: string;
  readonly onFiles: (files: readonly File[]) => void;
  readonly children: ComponentChildren;
}

/** Calls back with what was chosen; the same file may be chosen again. */
export function FileButton({ accept, multiple = false, testId, onFiles, children }: FileButtonProps): VNode {
  return (
    <label class="button file-button">
      <input
        type="file"
        data-testid={testId}
        multiple={multiple}
        {...(accept === undefined ? {} : { accept })}
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
      <span>{children}</span>
    </label>
  );
}
