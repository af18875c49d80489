import { execFile } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ENGINES, LIBRARY_ENGINES } from '../helpers/library-engines.ts';
import { SMALL_MAPPING } from '../helpers/small-hub.ts';

const CLI = path.resolve(import.meta.dirname, '../../scripts/cli.ts');

it.each(LIBRARY_ENGINES)('ends a command whose mapping does not fit, connections to %s or not', { timeout: 60_000 }, async (name) => {
  const engine = await ENGINES[name]();
  await using undo = new AsyncDisposableStack();
  undo.defer(() => engine.drop());
  const small = undo.use(engine.small);
  small.write('library/mapping.yaml', SMALL_MAPPING.replace('title: title', 'title: titel'));
  const env = { ...process.env, LIBRARY_KIND: name === 'mariadb' ? 'mysql' : name, LIBRARY_URL: engine.url };
  const ended = await new Promise<{ readonly code: number | null; readonly err: string }>((resolve) => {
    const child = execFile(process.execPath, [CLI, 'suggest', 'library', '--config', small.file], { env, timeout: 20_000 }, (_error, _out, err) =>
      resolve({ code: child.exitCode, err }),
    );
  });
  expect(ended).toEqual({ code: 1, err: expect.stringContaining('unknown column "titel"') });
});
