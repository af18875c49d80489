/** Compares two schemas beside the event loop: for a large API that takes a second of computing. */
import { parentPort, workerData } from 'node:worker_threads';
import { ChangeType, diff, type Change } from '@graphql-inspector/core';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { ApiChange } from './api-diff.ts';

const [before, after] = (workerData as readonly [string, string]).map((typeDefs) => makeExecutableSchema({ typeDefs, noLocation: true }));
if (!before || !after || !parentPort) throw new TypeError('expected two schemas, in a worker');
const changes = await diff(before, after);
const isAddition = ({ type }: Change): boolean => type === ChangeType.TypeAdded || type === ChangeType.FieldAdded;
const added = new Set(changes.filter(isAddition).map(({ path = '' }) => path));
parentPort.postMessage(
  changes
    .filter((change) => (isAddition(change) ? !isWithinAdded(change.path) : !(added.has(change.path ?? '') || isWithinAdded(change.path))))
    // Where a scalar is described changes no answer.
    .map(({ criticality, path = '', message }): ApiChange => ({ level: path.includes('.@specifiedBy') ? 'NON_BREAKING' : criticality.level, path, message })),
);

/** What a new type or field is made of is new with it: a first release would say thousands of things. */
function isWithinAdded(path = ''): boolean {
  const parts = path.split('.');
  return parts.some((_, length) => length > 0 && added.has(parts.slice(0, length).join('.')));
}
