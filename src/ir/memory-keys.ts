/** What memory belongs to, as keys of one map: names come out of files, and are any text. */

/** Memory of a value, and of those that lie in it. */
export function valueKey(root: string): string {
  return `=${root}`;
}

/** Memory that the calls of a node share. */
export function scratchKey(position: number, id: string): string {
  return `${position} ${id}`;
}
