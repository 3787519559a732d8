/** Where this user's files lie. */
import { homedir } from 'node:os';

/** The home folder; the root where the system knows of none, as in containers that run under any user's number. */
export function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return '/';
  }
}
