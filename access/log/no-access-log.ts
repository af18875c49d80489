import type { AccessLog } from './open-access-log.ts';

/** Keeps nothing. To measure what the log costs; no configuration leads here. */
export const noAccessLog: AccessLog = {
  folder: '',
  keeps: false,
  subjectKeys: 0,
  record: () => Promise.resolve(),
  expect: () => () => undefined,
  subjects: { one: () => '', all: () => [] },
  status: () => ({ seq: null, anchor: {} }),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
