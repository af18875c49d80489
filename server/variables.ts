import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Beside hub.yaml; YIWANG_SECRETS names another. Each file is named as its variable and holds its value. */
const SECRETS = 'secrets';
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,100}$/;

/** What an operator set: a variable of the environment, or a file of secrets, which may be added while the hub runs. */
export function variableReader(env: Readonly<Record<string, string | undefined>>, folder: string): (name: string) => string | undefined {
  const secrets = path.resolve(folder, env['YIWANG_SECRETS'] ?? SECRETS);
  return (name) => {
    if (!NAME.test(name)) return undefined;
    const value = env[name];
    if (value !== undefined && value !== '') return value;
    try {
      return readFileSync(path.join(secrets, name), 'utf8').trim();
    } catch {
      return undefined;
    }
  };
}
