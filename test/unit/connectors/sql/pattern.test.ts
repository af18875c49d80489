import { expect, it } from 'vitest';
import { anchorPattern } from '../../../../connectors/sql/pattern.ts';

it('spells out digits, inside and outside of classes', () => {
  expect(anchorPattern('\\d{4}[\\d年-]', '^', '$')).toBe('^(?:[0-9]{4}[0-9年-])$');
});

it('keeps escapes and takes a bracket within a class for itself', () => {
  expect(anchorPattern('\\[a\\][[\\]]\\\\d', '', '')).toBe('(?:\\[a\\][\\[\\]]\\\\d)');
});
