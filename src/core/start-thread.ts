/** How threads are started: pages and Node have workers of their own kinds. */

/**
 * Starts a worker that runs a script, and calls the function `start` which that defines with `data` and what sends a text; `told`
 * gets the text, and what the worker fails of. Gives what ends it.
 */
export type StartThread = (script: string, data: object, told: (text: string) => void) => () => void;
