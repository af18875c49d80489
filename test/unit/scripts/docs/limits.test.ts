import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../../../schema/parse/configuration.ts';
import { pages } from '../../../../scripts/docs/limits.ts';

const page = readFileSync(new URL('../../../../docs/reference/limits.md', import.meta.url), 'utf8');

/** Default and range by key, as the page has them. */
const shown = new Map(
  [...page.matchAll(/^\| `([\w.]+)` \| ([\d,]+) \S+ \| ([\d,]+) – ([\d,]+) \|/gm)].map(([, key = '', ...figures]) => [
    key,
    figures.map((text) => Number(text.replaceAll(',', ''))),
  ]),
);

describe('docs/reference/limits.md', () => {
  it('is what the code makes it', () => {
    expect(pages()).toEqual({ 'docs/reference/limits.md': page });
  });

  it('gives the defaults that an empty configuration has', () => {
    const { configuration } = parseConfiguration('departments: { d: }\nsources: { s: { department: d, kind: sqlite, url: "sqlite:x" } }\n', '/hub.yaml', {});
    const { pool, breaker, statementMs } = configuration?.sources.get('s') ?? {};
    const flat = (prefix: string, values: object = {}): [string, number][] => Object.entries(values).map(([key, value]) => [`${prefix}.${key}`, Number(value)]);
    const defaults = [...flat('limits', configuration?.limits), ...flat('pool', pool), ['statementMs', statementMs], ...flat('breaker', breaker)];
    expect([...shown].map(([key, [figure]]) => [key, figure])).toEqual(defaults);
  });

  it.each([...shown])('gives the range of %s that a configuration may set', (key, [, least = 0, most = 0]) => {
    const problems = (value: number): number => {
      const [part, name] = key.includes('.') ? key.split('.') : [undefined, key];
      const setting = part === undefined || part === 'limits' ? `${name}: ${value}` : `${part}: { ${name}: ${value} }`;
      const source = part === 'limits' ? '' : `, ${setting}`;
      // A page's default size must not exceed its largest.
      const limits =
        part === 'limits' ? `limits: { ${setting}${name === 'pageMax' ? ', pageDefault: 1' : ''}${name === 'pageDefault' ? ', pageMax: 10000' : ''} }\n` : '';
      return parseConfiguration(`departments: { d: }\nsources: { s: { department: d, kind: sqlite, url: "sqlite:x"${source} } }\n${limits}`, '/hub.yaml', {})
        .problems.length;
    };
    expect([problems(least - 1) > 0, problems(least), problems(most), problems(most + 1) > 0]).toEqual([true, 0, 0, true]);
  });
});
