import { existsSync } from 'node:fs';
import path from 'node:path';
import { Option } from 'commander';

export const DEMO = path.resolve(import.meta.dirname, '../../departments/hub.yaml');

/** `hub.yaml` of the current folder; without one, the four departments' demo. */
export function configOption(): Option {
  return new Option('-c, --config <file>', 'the hub’s configuration').default(
    existsSync('hub.yaml') ? 'hub.yaml' : DEMO,
    'hub.yaml here, else the four departments’ demo',
  );
}

export interface ConfigOption {
  readonly config: string;
}

/** Who asks a running hub. A token stands in the environment: arguments can be read by everybody on the machine. */
export function authorization(): Readonly<Record<string, string>> {
  const token = process.env['YIWANG_TOKEN'];
  return token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` };
}
