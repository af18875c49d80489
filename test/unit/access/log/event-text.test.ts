import { expect, it } from 'vitest';
import { eventText } from '../../../../access/log/event-text.ts';
import type { AccessEvent } from '../../../../access/log/record.ts';

const who = { subject: '王 "五"\n', department: 'finance', roles: ['consumer'], purpose: '统计' } as const;
const operation = { type: 'query', name: 'Page', hash: 'ab' } as const;

const EVENTS: readonly (readonly [string, AccessEvent])[] = [
  ['an abort', { kind: 'abort', request: 'r-1', who, decision: 'allowed' }],
  ['an intent with fields of the hub’s own', { kind: 'intent', request: 'r-"2"', who, operation, generation: 3, release: 2, own: ['publishRelease'], decision: 'allowed' }],
  ['a refusal with errors and a count', { kind: 'refusal', request: '', who: { subject: '', roles: [], peer: '::1' }, decision: 'refused', errors: { FORBIDDEN_FIELD: 2 }, count: 7 }],
  [
    'an answer with all that one can have',
    {
      kind: 'operation',
      request: 'r-3',
      who,
      operation,
      generation: 3,
      release: 2,
      reads: [
        { department: 'finance', source: 'finance', fields: ['Payment.amount', 'Payment.payee'], masked: ['Payment.payee'], rows: 11 },
        { department: 'audit', source: 'audit\\2', fields: [], rows: 0 },
      ],
      subjects: [
        { type: 'Payment', count: 12, keys: ['k1', 'k2'] },
        { type: 'Project', count: 0, keys: [] },
      ],
      explain: true,
      decision: 'allowed',
      ms: 1.25,
    },
  ],
]; // prettier-ignore

it.each(EVENTS)('%s is written as JSON.stringify writes it, the first time and again', (_what, event) => {
  for (let i = 0; i < 2; i++) expect(eventText({ ...event })).toBe(JSON.stringify(event));
});

it('leaves out what is undefined', () => {
  const event = { kind: 'abort', request: 'r', who, operation: undefined, decision: 'allowed' } as unknown as AccessEvent;
  expect(eventText(event)).toBe(JSON.stringify(event));
});
