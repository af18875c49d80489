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
