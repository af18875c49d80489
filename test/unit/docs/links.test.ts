import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const pages = [...globSync('docs/**/*.md', { cwd: root }), 'README.md'].filter((page) => !page.includes('node_modules'));

/** GitHub's anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

function anchorsOf(path: string): Set<string> {
  const prose = readFileSync(path, 'utf8').replaceAll(/^```[^]*?^```$/gm, '');
  return new Set([...prose.matchAll(/^#+ (.*)$/gm)].map((match) => anchorOf(match[1] ?? '')));
}

function brokenLinks(page: string): string[] {
  const path = join(root, page);
  const prose = readFileSync(path, 'utf8').replaceAll(/^```[^]*?^```$/gm, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : resolve(dirname(path), file);
      return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).has(anchor));
    });
}

describe('documentation', () => {
  it.each(pages)('%s links to what is there', (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it('lists every guide and reference page in docs/README.md', () => {
    const index = readFileSync(join(root, 'docs/README.md'), 'utf8');
    const unlisted = pages.filter((page) => /^docs\/(?:guides|reference)\/[^/]+$/.test(page) && !index.includes(`(${page.slice('docs/'.length)})`));
    expect(unlisted).toEqual([]);
  });
});
