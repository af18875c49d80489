/** Compares two schemas beside the event loop: for a large API that takes a second of computing. */
import { parentPort, workerData } from 'node:worker_threads';
import { diff } from '@graphql-inspector/core';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { ApiChange } from './api-diff.ts';

const [before, after] = (workerData as readonly [string, string]).map((typeDefs) => makeExecutableSchema({ typeDefs, noLocation: true }));
if (!before || !after || !parentPort) throw new TypeError('expected two schemas, in a worker');
const changes = await diff(before, after);
parentPort.postMessage(changes.map(({ criticality, path, message }): ApiChange => ({ level: criticality.level, path: path ?? '', message })));
