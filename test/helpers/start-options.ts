import { readFileSync } from 'node:fs';

/** What `npm start` gives to Node: who measures the hub runs it as people do. */
export function startOptions(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly scripts: { readonly start: string } };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}
