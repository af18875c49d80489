import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { OperationExample } from '../resolvers/context.ts';

/** The operations in `examples/` beside hub.yaml, by file name; a file's first comment is its title. None when there is no such folder. */
export async function readExamples(configurationFile: string): Promise<OperationExample[]> {
  const folder = path.join(path.dirname(path.resolve(configurationFile)), 'examples');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.graphql')).sort();
  return Promise.all(
    names.map(async (file) => {
      const document = await readFile(path.join(folder, file), 'utf8');
      const name = path.basename(file, '.graphql');
      return { name, title: /^#\s*(.+)$/m.exec(document)?.[1]?.trim() ?? name, document };
    }),
  );
}
