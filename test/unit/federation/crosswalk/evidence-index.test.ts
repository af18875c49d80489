import { describe, expect, it } from 'vitest';
import { createEvidenceIndex } from '../../../../federation/crosswalk/evidence-index.ts';
import { normalizeName, similarityOf } from '../../../../federation/crosswalk/similarity.ts';

const OPTIONS = { suffixes: ['股份有限公司', '有限责任公司', '有限公司'], minScore: 0.5, maxSuggestions: 3 };

describe('similarityOf', () => {
  it.each([
    ['某建设集团（苏州）有限公司', '某建设集团(苏州) 有限公司', 1],
    ['ＡＢＣ建设', 'abc建设', 1],
    ['11800.0000', '118000000.00', 1], // 万元 and 元
    ['照明工程', '学校改建', 0],
    ['100', '200', 0],
  ])('finds %s and %s alike by %d', (left, right, score) => {
    expect(similarityOf(left, right, OPTIONS)).toBeCloseTo(score, 5);
  });

  it('takes generic endings as a hint only: alike, but less than equal', () => {
    const score = similarityOf('某建设集团有限公司', '某建设集团有限责任公司', OPTIONS);
    expect(score).toBeGreaterThan(0.95);
    expect(score).toBeLessThan(1);
  });

  it('keeps a branch apart from its parent', () => {
    expect(similarityOf('某建设集团有限公司姑苏分公司', '某建设集团有限公司', OPTIONS)).toBeLessThan(0.8);
  });

  it('drops width, blanks, brackets and punctuation', () => {
    expect(normalizeName(' 苏州（工业园区）Ａ·B—1号 ')).toBe('苏州工业园区ab1号');
  });
});

describe('createEvidenceIndex', () => {
  const entities = new Map([
    ['A', { name: '姑苏区第三中学改扩建工程', owner: '姑苏区教育局', amount: '11800.0000' }],
    ['B', { name: '姑苏区第一中学改扩建工程', owner: '姑苏区教育局' }],
    ['C', { name: '智慧城市照明提升工程' }],
    ['D', { name: '' }],
  ]);

  it('suggests the most alike first, with the values that were compared', async () => {
    const index = await createEvidenceIndex('name', entities, OPTIONS);
    const [first, second, ...rest] = index.suggest({ name: '姑苏区第三中学（改扩建）', owner: '姑苏区教育局', amount: '118000000' });
    expect(first).toMatchObject({ canonicalKey: 'A', compared: { name: { value: '姑苏区第三中学改扩建工程' }, owner: { score: 1 }, amount: { score: 1 } } });
    expect(first?.score).toBeGreaterThan(second?.score ?? 1);
    expect(second?.canonicalKey).toBe('B');
    expect(rest).toEqual([]);
  });

  it('suggests nothing for a blank or unlike name', async () => {
    const index = await createEvidenceIndex('name', entities, OPTIONS);
    expect([index.suggest({}), index.suggest({ name: '（ ）' }), index.suggest({ name: '运河治理一期' })]).toEqual([[], [], []]);
  });

  it('finds by an organisation code or an amount that few share what is called otherwise', async () => {
    const coded = new Map([
      ['A', { name: '照明提升', ownerCode: '11320500MB0W06203N', amount: '36600.00' }],
      ['B', { name: '学校改建', ownerCode: '11320500014149474J' }],
      ...Array.from({ length: 12 }, (_, n) => [`C${n}`, { name: `河道${n}`, ownerCode: '12320500466960053C' }] as const),
    ]);
    const index = await createEvidenceIndex('name', coded, OPTIONS);
    expect(index.suggest({ name: '亮化', ownerCode: '１１320500mb0w06203n', amount: '366000000' })).toMatchObject([
      { canonicalKey: 'A', score: 0.75, compared: { ownerCode: { score: 1 }, amount: { score: 1 } } },
    ]);
    expect(index.suggest({ name: '亮化', ownerCode: '12320500466960053C' })).toEqual([]);
  });

  it('sees one mistaken character in a short name', () => {
    expect(similarityOf('顾敏德', '顾敏得', OPTIONS)).toBeCloseTo(2 / 3, 5);
  });

  it('compares with one entity on demand', async () => {
    const index = await createEvidenceIndex('name', entities, OPTIONS);
    expect(index.compare({ name: '智慧城市照明提升工程' }, 'C')).toMatchObject({ score: 1 });
    expect(index.compare({ name: 'x' }, 'Z')).toBeUndefined();
  });

  it('searches 20,000 names for 2,000 keys within seconds', { timeout: 60_000 }, async () => {
    const districts = ['姑苏区', '吴中区', '相城区', '虎丘区', '吴江区', '昆山市'];
    const kinds = ['道路改造工程', '中学改扩建工程', '污水处理厂提标工程', '保障性住房建设项目', '河道综合整治工程'];
    const many = new Map(
      Array.from({ length: 20_000 }, (_, i) => [
        `K${i}`,
        { name: `${districts[i % 6]}${String.fromCodePoint(0x4e00 + (i % 997), 0x5000 + (i % 1013))}${kinds[i % 5]}` },
      ]),
    );
    const started = performance.now();
    const index = await createEvidenceIndex('name', many, OPTIONS);
    let hits = 0;
    for (let i = 0; i < 2000; i++) if (index.suggest({ name: `${many.get(`K${i * 7}`)?.name}（一期）` })[0]?.canonicalKey === `K${i * 7}`) hits++;
    const elapsedMs = performance.now() - started;
    expect(hits).toBe(2000);
    expect(elapsedMs).toBeLessThan(15_000);
  });
});
