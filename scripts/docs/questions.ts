import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { format } from 'prettier';
import { createHub } from '../../server/hub.ts';
import { createLog } from '../../server/log.ts';
import { loadDemoData } from '../demo-data/index.ts';

const departments = path.resolve(import.meta.dirname, '../../departments');

/** What cannot be asked yet, or not of departments. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  '14': '本月双随机抽查: the draw, its seed and its publication are the hub’s own records; the inspections that follow from one are `inspections(where: { kind: { eq: DOUBLE_RANDOM } })`.',
  '17': '缺双签却付了款: signatures are in the development department’s `inv_signoff`, which the mapping leaves out until it is known which nodes need both.',
};

/** The twenty questions with the answers that a hub gives on the demo's hand-made rows. */
export async function pages(): Promise<Record<string, string>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'yiwang-questions-'));
  try {
    const written = await loadDemoData({ engine: 'sqlite', dir: folder });
    const urls = Object.keys(written).map((name) => [`${name.toUpperCase()}_URL`, `sqlite:${path.join(folder, `${name}.sqlite`)}`] as const);
    const env = { ...Object.fromEntries(urls), HUB_STORE_URL: `sqlite:${path.join(folder, 'hub.sqlite')}`, YIWANG_NOW: '2024-06-30T12:00:00+08:00' };
    await using hub = await createHub({ configurationFile: path.join(departments, 'hub.yaml'), log: createLog('silent'), env });
    // On a busy machine a source may miss the start; it then joins.
    while (hub.federation.generation().offline.length > 0) await new Promise((resolve) => setTimeout(resolve, 200));
    await hub.federation.keeper.refresh();
    for (const [source, localKey] of [
      ['finance', '320508220000000000042'],
      ['housing', '3205082208150101'],
    ] as const) {
      await hub.federation.keeper.officer.confirm({ entity: 'Project', source, localKey, canonicalKey: '2205-320508-04-01-654321', by: 'docs' });
    }
    const address = await hub.listen(0);
    const sections = new Map<string, string>(
      Object.entries(LEFT_OUT).map(([number, text]) => [number, `## ${number}. ${text.replace(': ', '\n\nNot here: ')}`]),
    );
    for (const file of (await readdir(path.join(departments, 'questions'))).sort()) {
      const document = await readFile(path.join(departments, 'questions', file), 'utf8');
      const response = await fetch(`${address}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: document }),
      });
      const body = (await response.json()) as { data?: unknown; errors?: unknown };
      if (body.errors !== undefined) throw new Error(`${file}: ${JSON.stringify(body.errors)}`);
      sections.set(file.slice(1, 3), section(document, body.data));
    }
    const page = [HEAD, ...[...sections].sort(([a], [b]) => a.localeCompare(b)).map(([, text]) => text)].join('\n\n');
    return { 'docs/guides/twenty-questions.md': await format(page, { parser: 'markdown', printWidth: 160, singleQuote: true }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const HEAD = `<!-- Written by \`npm run docs\` from departments/questions/ and the demo; do not edit. -->

# Twenty questions

What people in the four departments want to know about a project's money, and what the hub answers. The answers are those of the demo's hand-made rows on 30 June 2024, after an
officer has confirmed which of finance's and housing's numbers stand for the school (\`confirmCrosswalk\`); before that its money is \`unresolved\`. The operations are the files
in \`departments/questions/\`; each says what it leaves out of the question, and why.`;

/** The first comment line is the title, the others the introduction. */
function section(document: string, data: unknown): string {
  const lines = document.split('\n');
  const start = lines.findIndex((line) => !line.startsWith('#'));
  const [title = '', ...introduction] = lines.slice(0, start).map((line) => line.replace(/^# ?/, ''));
  const heading = title.replace(
    /^问(\d+) ([^:]+): (.*)$/,
    (_, number: string, name: string, question: string) => `## ${number.padStart(2, '0')}. ${name}\n\n${question}`,
  );
  return `${heading}\n\n${introduction.join('\n')}\n\n\`\`\`graphql\n${lines.slice(start).join('\n').trim()}\n\`\`\`\n\n\`\`\`json\n${JSON.stringify(data)}\n\`\`\``;
}
