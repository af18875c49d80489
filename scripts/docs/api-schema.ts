import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { printSchema } from 'graphql';
import { readLive, requireComposition } from '../cli/live.ts';
import { DEMO } from '../cli/options.ts';
import { loadDemoData } from '../demo-data/index.ts';

/** The whole API of the four departments' demo, as SDL: what clients generate their types from. */
export async function pages(): Promise<Record<string, string>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'yiwang-api-'));
  try {
    const written = await loadDemoData({ engine: 'sqlite', dir: folder });
    for (const name of Object.keys(written)) {
      process.env[`${name.toUpperCase()}_KIND`] = 'sqlite';
      process.env[`${name.toUpperCase()}_URL`] = `sqlite:${path.join(folder, `${name}.sqlite`)}`;
    }
    const { schema } = requireComposition(await readLive(DEMO));
    return {
      'schema/generated/api.graphql': `# Written by \`npm run docs\` from schema/, departments/ and the demo's tables; do not edit.\n\n${printSchema(schema)}\n`,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
