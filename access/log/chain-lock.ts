import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Makes this process the only writer of a chain; undefined when another one is. The lock is the operating system's, by way of SQLite: it ends with the
 * process, however that ends.
 */
export function lockChain(folder: string): Disposable | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path.join(folder, 'lock'), { timeout: 0 });
  try {
    database.exec('pragma journal_mode = memory; pragma locking_mode = exclusive; begin exclusive');
  } catch (error) {
    database.close();
    if ((error as { readonly errcode?: number }).errcode === 5) return undefined;
    throw error;
  }
  return { [Symbol.dispose]: () => database.close() };
}
