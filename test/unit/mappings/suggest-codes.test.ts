import { expect, it } from 'vitest';
import { suggestCodes } from '../../../mappings/suggest-codes.ts';

const column = (comment: string, allowed?: readonly string[]) =>
  ({ name: 'zt', type: { kind: 'text' }, nativeType: 'text', nullable: true, comment, ...(allowed ? { allowed } : {}) }) as const;

it.each([
  ['项目状态（1=在建，2=竣工；9=报废）', '项目状态', { 1: '在建', 2: '竣工', 9: '报废' }],
  ['状态: 1:在建 2:竣工', '状态', { 1: '在建', 2: '竣工' }],
  ['0-未支付、1-已支付', '', { 0: '未支付', 1: '已支付' }],
  ['1=Planned, 2=Under construction', '', { 1: 'Planned', 2: 'Under construction' }],
  ['Status. A: Approved; R: Rejected by the board', 'Status.', { A: 'Approved', R: 'Rejected by the board' }],
])('reads the code list in the comment %j', (comment, title, labels) => {
  const found = suggestCodes(column(comment), Object.keys(labels));
  expect(found?.title).toBe(title);
  expect(Object.fromEntries(found?.codes.map(({ code, label }) => [code, label]) ?? [])).toEqual(labels);
  expect(found?.confidence).toBe(0.9);
});

it('names values by their English labels, by their codes otherwise, and each differently', () => {
  expect(suggestCodes(column('1=Under construction, 2=竣工, 3=under-construction, T=真'), ['1'])?.codes.map(({ value }) => value)).toEqual([
    'UNDER_CONSTRUCTION',
    'CODE_2',
    'CODE_3',
    'T',
  ]);
});

it('is less sure where values are not explained, and says which; with none explained it says nothing', () => {
  const found = suggestCodes(column('1=在建, 2=竣工'), ['1', '2', '7', null]);
  expect([found?.confidence, found?.evidence]).toEqual([0.6, 'its comment says 1 = 在建, 2 = 竣工; 7 is not explained']);
  expect(suggestCodes(column('1=在建, 2=竣工'), ['甲', '乙'])).toBeUndefined();
});

it('takes what a type allows for a code list, with labels where the comment has them', () => {
  expect(suggestCodes(column('等级', ['low', 'very high', 'true']), [])).toEqual({
    codes: [
      { code: 'low', value: 'LOW' },
      { code: 'very high', value: 'VERY_HIGH' },
      { code: 'true', value: 'CODE_TRUE' },
    ],
    title: '等级',
    evidence: 'its type allows low, very high, true alone',
    confidence: 0.95,
  });
});

it('finds no code list in other comments', () => {
  for (const comment of ['', '2022-2023 年度', '单位：万元', 'see RFC 3339', '合同编号: HT-2023-01', '开工时间 09:30-18:00'])
    expect(suggestCodes(column(comment), ['1', '2022', '09'])).toBeUndefined();
});
