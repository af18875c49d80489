import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readRelease } from '../../../../federation/supergraph/read-release.ts';
import { parseConfiguration } from '../../../../schema/parse/configuration.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const HUB = 'departments: { finance: }\nsources: { finance: { department: finance, kind: sqlite, url: "sqlite:a" } }\n';
const SDL = 'type Payment @key(fields: "voucherNo") @authority(department: "finance") { voucherNo: String! payee: String }';
const MAPPING = 'source: finance\ntypes:\n  Payment: { rows: zf, key: pzh, fields: { voucherNo: pzh, payee: { column: skrmc, normalize: name } } }\n';
const NORMALIZERS = 'name: { trim: true }';

const FILES = { 'schema/payment.graphql': SDL, 'mappings/finance.yaml': MAPPING, 'normalizers.yaml': NORMALIZERS };

async function read(files: Readonly<Record<string, string | Uint8Array>>, hub = HUB, name = 'hub') {
  const parent = await mkdtemp(join(tmpdir(), 'release-'));
  folders.push(parent);
  const folder = join(parent, name);
  await mkdir(folder);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const { configuration, problems } = parseConfiguration(hub, join(folder, 'hub.yaml'), {});
  expect(problems).toEqual([]);
  if (configuration === undefined) throw new TypeError('expected a configuration');
  const reading = await readRelease(configuration);
  return { release: reading.release, problems: reading.problems.map((p) => `${p.file}:${p.line}:${p.column} ${p.severity}: ${p.message}; ${p.remedy}`) };
}

describe('readRelease', () => {
  it('reads every file that hub.yaml points to', async () => {
    const { release, problems } = await read(FILES);
    expect(problems).toEqual([]);
    expect([
      [...(release?.model.types.keys() ?? [])],
      release?.mappings.map((mapping) => mapping.file),
      [...(release?.normalizers.keys() ?? [])],
      release?.checks,
    ]).toEqual([['Payment'], ['mappings/finance.yaml'], ['name'], []]);
  });

  it('reads from a folder whose name looks like a pattern', async () => {
    const { problems, release } = await read(FILES, HUB, 'a[b]{c}*');
    expect(problems).toEqual([]);
    expect(release?.mappings).toHaveLength(1);
  });

  it('reports the problems of all files at once, with names relative to hub.yaml', async () => {
    const { release, problems } = await read(
      {
        ...FILES,
        'mappings/finance.yaml': MAPPING.replace('normalize: name', 'normalize: nam'),
        'mappings/other.yaml': 'sorce: finance',
        'checks.yaml': '- check: A',
        'more/normalizers.yaml': NORMALIZERS,
      },
      `${HUB}release: { normalizers: ["**/normalizers.yaml"] }`,
    );
    expect(release).toBeUndefined();
    expect(problems.map((line) => line.split(' ')[0])).toEqual([
      ...Array.from({ length: 5 }, () => 'checks.yaml:1:3'),
      'mappings/finance.yaml:3:84',
      'mappings/other.yaml:1:1',
      'mappings/other.yaml:1:1',
      'normalizers.yaml:1:1',
    ]);
  });

  it('says when no file matches a pattern', async () => {
    expect((await read({})).problems).toEqual([
      'hub.yaml:1:1 warning: no file matches release.mappings (mappings/*.yaml); correct the pattern; it is relative to hub.yaml',
      'hub.yaml:1:1 warning: no file matches release.schema (schema/*.graphql); correct the pattern; it is relative to hub.yaml',
    ]);
    expect((await read(FILES, `${HUB}release: { checks: cheks.yaml }`)).problems).toEqual([
      'hub.yaml:1:1 warning: no file matches release.checks (cheks.yaml); correct the pattern; it is relative to hub.yaml',
    ]);
  });

  it('refuses what is not UTF-8', async () => {
    const { problems, release } = await read({ ...FILES, 'mappings/gbk.yaml': new Uint8Array([0xb2, 0xc6, 0xd5, 0xfe]) });
    expect(problems).toEqual(['mappings/gbk.yaml:1:1 error: the file is not UTF-8 text; save it as UTF-8']);
    expect(release).toBeUndefined();
  });
});
