import { describe, expect, it } from 'vitest';
import { groupFieldValue, lowerCamel, plural, screamingSnake } from '../../../../schema/api/names.ts';

describe('names', () => {
  it('makes root names of type names', () => {
    expect(['Project', 'CreditRecord', 'USCCRecord', 'BIM', 'A1'].map(lowerCamel)).toEqual(['project', 'creditRecord', 'usccRecord', 'bim', 'a1']);
  });

  it('makes English plurals by rule', () => {
    expect(['project', 'agency', 'survey', 'address', 'box', 'branch', 'wish'].map(plural)).toEqual([
      'projects',
      'agencies',
      'surveys',
      'addresses',
      'boxes',
      'branches',
      'wishes',
    ]);
  });

  it('makes group fields of paths', () => {
    expect(groupFieldValue('owner.orgCode')).toBe('OWNER__ORG_CODE');
    expect(['approvedInvestment', 'orgID2', 'bimURLText', 'x'].map(screamingSnake)).toEqual(['APPROVED_INVESTMENT', 'ORG_ID2', 'BIM_URL_TEXT', 'X']);
  });
});
