/** `node test/e2e/attacks/hostile.ts [requests] [seed]`: requests that nobody means well with. No crash, no 5xx but a coded 503, every body JSON, nothing of the machinery in any. */
import { startTestHub, type TestHub } from '../../helpers/hub.ts';

export interface HostileResult {
  readonly requests: number;
  readonly seed: number;
  /** Answers by HTTP status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** What should not have been, with the request that brought it about. */
  readonly faults: readonly string[];
  /** Growth of the process's memory, in MiB. */
  readonly grownMib: number;
}

/** Never in an answer. Values that the attack itself sent are taken out before. */
const LEAKS = /\bselect .+ from\b|sqlite|syntax error at|node_modules|\.ts:\d+|at \w+ \(|call stack|<html|ECONN|ENOENT|127\.0\.0\.1:\d|\/tmp\/|\/work\//i;

/** Small, seeded and good enough. */
function random(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

interface Attack {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const TEXTS = [
  "' OR 1=1--",
  '"; drop table x',
  '\0',
  '\ud800',
  '𠮷',
  '../../etc/passwd',
  '{{7*7}}',
  '${7*7}',
  '<script>',
  '%00',
  '\u2028',
  '\u202e',
  'x'.repeat(3_000),
  '1e999',
  '-0',
  'null',
  '__proto__',
  'constructor',
];
const NAMES = [
  'projects',
  'project',
  'payments',
  'node',
  'nodes',
  'hub',
  'sources',
  'accessLog',
  '__schema',
  '__type',
  'crosswalk',
  'release',
  'draft',
  'unresolved',
  '_entities',
  '_service',
  'x'.repeat(300),
  'amount',
  'name',
  'where',
  'undefined',
];

function attackOf(next: () => number): Attack {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const text = (): string => JSON.stringify(pick(TEXTS));
  const times = (most: number): number => Math.floor(next() * most);
  const post = (value: unknown): Attack => ({ body: typeof value === 'string' ? value : JSON.stringify(value) });
  const document = (): string =>
    pick<() => string>([
      () => `{ ${pick(NAMES)} { ${pick(NAMES)} } }`,
      () => `{ projects(where: { name: { ${pick(['eq', 'contains', 'in', 'regex', 'ne'])}: ${text()} } }) { totalCount } }`,
      () =>
        `{ projects(first: ${pick(['-1', '99999999', '2147483648', '1e3', 'null', '"1"', '0'])}, offset: ${pick(['1000000000', '-5', '0'])}) { totalCount } }`,
      () => `{ projects(orderBy: [{ ${pick(NAMES)}: ${pick(['ASC', 'DESC', 'X', '"ASC"'])} }]) { nodes { code } } }`,
      () => `{ projects(after: ${text()}) { nodes { code } } }`,
      () => `{ node(id: ${text()}) { id __typename } nodes(ids: [${text()}]) { id } }`,
      () => `{ ${'a: __typename '.repeat(times(600))} }`,
      () => `{ ${Array.from({ length: times(200) }, (_, i) => `a${i}: __typename`).join(' ')} }`,
      () => `${'{ projects { nodes '.repeat(times(60))}${'}'.repeat(times(60))}`,
      () => `query(${Array.from({ length: times(300) }, (_, i) => `$v${i}: Int`).join(',')}) { __typename }`,
      () => `{ __typename ${'@include(if: true) '.repeat(times(300))} }`,
      () =>
        `{ ...F0 } ${Array.from({ length: times(25) }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(' ')} fragment F25 on Query { __typename }`,
      () => `fragment F on Query { ...F } { ...F }`,
      () =>
        `mutation { ${pick(['undoCrosswalk { localKey }', 'publishDraft(id: 1, revision: 1, why: "x") { number }', 'restoreRelease(number: 99, why: "x") { number }', 'denyIdentity(kind: SUBJECT, value: "x", why: "y") { by }'])} }`,
      () => `subscription { alerts { id } }`,
      () => `{ payments { groups(by: [{ field: ${pick(['PAYEE_NAME', 'X', '1', '"AMOUNT"'])} }], first: ${times(500) - 100}) { aggregate { count } } } }`,
      () => `{ projects(where: { or: [${'{ not: '.repeat(times(30))}{ name: { eq: "x" } }${' }'.repeat(times(30))}] }) { totalCount } }`,
      () => `{ accessLog(first: ${times(500)}, after: ${text()}, filter: { subject: ${text()}, from: ${text()} }) { nodes { request } } }`,
      () => `{ projects(where: { code: { in: [${Array.from({ length: times(400) }, () => text()).join(',')}] } }) { totalCount } }`,
      () => String.fromCharCode(...Array.from({ length: times(200) }, () => times(65_535))),
    ])();
  return pick<() => Attack>([
    () => post({ query: document() }),
    () =>
      post({
        query: document(),
        variables: { [pick(TEXTS)]: pick<unknown>([1e308, null, [], {}, pick(TEXTS), [[[[]]]]]) },
        operationName: pick([null, 'x', pick(TEXTS)]),
      }),
    () =>
      post({
        query: 'query($w: ProjectWhere, $o: [ProjectOrderBy!]) { projects(where: $w, orderBy: $o) { totalCount } }',
        variables: { w: { [pick(NAMES)]: { [pick(NAMES)]: pick(TEXTS) } }, o: [{ [pick(NAMES)]: pick(TEXTS) }] },
      }),
    () =>
      post(
        pick([
          '',
          '{',
          '[]',
          'null',
          '1',
          '"x"',
          '[{"query":"{__typename}"}]',
          '{"query":',
          `{"query":"{__typename}","variables":${'['.repeat(times(3_000))}}`,
          `{"query":"{__typename}"${',"x":1'.repeat(times(2_000))}}`,
        ]),
      ),
    () => ({
      ...post({ query: document() }),
      headers: {
        'content-type': pick([
          'text/plain',
          'multipart/form-data; boundary=x',
          'application/x-www-form-urlencoded',
          'application/json; charset=utf-7',
          'application/json; charset=utf-16',
          '',
          'image/svg+xml',
        ]),
      },
    }),
    () => ({ ...post({ query: document() }), headers: { 'content-encoding': pick(['gzip', 'br', 'deflate', 'x']) } }),
    () => ({
      ...post({ query: document() }),
      headers: { authorization: pick(['Bearer x', 'Bearer a.b.c', 'Basic eDp4', 'Bearer', `Bearer ${'a'.repeat(5_000)}`, 'Bearer eyJhbGciOiJub25lIn0.e30.']) },
    }),
    () => ({
      ...post({ query: document(), extensions: pick<unknown>([{ explain: 'yes' }, { persistedQuery: { version: 1, sha256Hash: 'x' } }, [], 1, 'x']) }),
      headers: { accept: pick(['text/html', 'text/event-stream', 'application/graphql-response+json', '*/*', 'x/y']) },
    }),
    () => ({
      method: 'GET',
      path: `/graphql?query=${encodeURIComponent(
        document()
          .slice(0, 4_000)
          .replaceAll(/[\ud800-\udfff]/g, ''),
      )}`,
      headers: { 'apollo-require-preflight': '1' },
    }),
    () => ({
      method: pick(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']),
      path: pick([
        '/graphql',
        '/',
        '/..%2f..%2fetc/passwd',
        '/graphiql/../../package.json',
        '/metrics/x',
        '/health/../x',
        '/%zz',
        '/graphql/stream',
        '/graphql?query=%00',
        `/${'a'.repeat(4_000)}`,
      ]),
    }),
    () => post({ query: `{ a: __typename }${' '.repeat(times(300_000))}` }),
  ])();
}

export async function runHostile(hub: Pick<TestHub, 'address' | 'post'>, requests: number, seed: number): Promise<HostileResult> {
  const next = random(seed);
  const statuses: Record<string, number> = {};
  const faults: string[] = [];
  const before = process.memoryUsage().rss;
  const shoot = async (): Promise<void> => {
    const { path = '/graphql', method = 'POST', headers = {}, body } = attackOf(next);
    const init = {
      method,
      redirect: 'manual',
      headers: { 'content-type': 'application/json', ...headers },
      signal: AbortSignal.timeout(20_000),
      ...(body === undefined ? {} : { body }),
    } as const;
    const shown = `${method} ${path.slice(0, 200)} ${JSON.stringify(headers)} ${(body ?? '').slice(0, 400)}`;
    const response = await fetch(`${hub.address}${path}`, init).catch((error: unknown) => {
      faults.push(`${shown}\n  no answer: ${String(error)}`);
      return undefined;
    });
    if (!response) return;
    statuses[response.status] = (statuses[response.status] ?? 0) + 1;
    const text = await response.text();
    const problem = problemOf(response, text, `${path}${body ?? ''}`);
    if (problem !== undefined) faults.push(`${shown}\n  HTTP ${response.status}: ${problem}: ${text.slice(0, 300)}`);
  };
  let left = requests;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (left-- > 0) await shoot();
    }),
  );
  if ((await hub.post('{ hub { version } }')).status !== 200) faults.push('the hub no longer answers');
  return { requests, seed, statuses, faults, grownMib: Math.round((process.memoryUsage().rss - before) / 1_048_576) };
}

function problemOf({ status, headers }: Response, text: string, sent: string): string | undefined {
  if (status >= 500 && !(status === 503 && /"code":"[A-Z_]+"/.test(text))) return 'a fault of the server';
  const type = headers.get('content-type') ?? '';
  const isPage = status === 200 && type.startsWith('text/html');
  const isEmpty = text === '' && (status === 204 || (status >= 300 && status < 400) || status === 200 || status >= 400);
  if (isPage || isEmpty || type.startsWith('text/plain; version=')) return undefined;
  const isStream = type.startsWith('text/event-stream');
  if (!isStream) {
    try {
      JSON.parse(text);
    } catch {
      return 'no JSON';
    }
  }
  const leak = LEAKS.exec(text)?.[0];
  return leak !== undefined && !sent.includes(leak) && !decodeURIComponentSafely(sent).includes(leak) ? `"${leak}"` : undefined;
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

if (process.argv[1] === import.meta.filename) {
  await using hub = await startTestHub(); // the developer is not counted, so that every request gets in
  const seed = Number(process.argv[3] ?? Math.floor(Math.random() * 1e9));
  const result = await runHostile(hub, Number(process.argv[2] ?? 10_000), seed);
  console.log(JSON.stringify({ ...result, faults: result.faults.slice(0, 20), faultCount: result.faults.length }, null, 2));
  process.exitCode = result.faults.length === 0 ? 0 : 1;
}
