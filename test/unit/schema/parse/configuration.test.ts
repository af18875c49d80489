import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceKind } from '../../../../schema/model/configuration.ts';
import { parseConfiguration } from '../../../../schema/parse/configuration.ts';

const HUB = `departments:
  finance: { zh: 财政局, en: Finance Bureau }
sources:
  finance:
    department: finance
    kind: mysql
    url: \${FINANCE_URL}
    pool: { max: "\${POOL_MAX:-8}" }
`;
const URL = 'mysql://root:s3cret@db/finance';
const print = (problems: ReturnType<typeof parseConfiguration>['problems']): string[] =>
  problems.map((p) => `${p.file}:${p.line}:${p.column} ${p.message}; ${p.remedy}`);
const MYSQL: SourceKind = { name: 'mysql', also: ['mariadb'], tinyint1: true };
const POSTGRES: SourceKind = { name: 'postgres', also: ['postgresql'], tinyint1: false };
const problemsOf = (text: string, env: Record<string, string> = {}, kinds?: SourceKind[]): string[] =>
  print(parseConfiguration(text, 'hub.yaml', env, kinds === undefined ? {} : { kinds }).problems);

describe('parseConfiguration', () => {
  it('fills in every default', () => {
    const { configuration, problems } = parseConfiguration(HUB, '/etc/hub/hub.yaml', { FINANCE_URL: URL });
    expect(problems).toEqual([]);
    expect(configuration).toEqual({
      file: '/etc/hub/hub.yaml',
      departments: new Map([['finance', { zh: '财政局', en: 'Finance Bureau' }]]),
      sources: new Map([
        [
          'finance',
          {
            name: 'finance',
            department: 'finance',
            kind: 'mysql',
            url: URL,
            pool: { max: 8, queue: 32, acquireMs: 1000, connectMs: 1000 },
            statementMs: 3000,
            breaker: { failurePercent: 50, minCalls: 10, windowMs: 10_000, openMs: 2_000 },
            changes: 'none',
          },
        ],
      ]),
      release: {
        schema: ['/etc/hub/schema/*.graphql'],
        mappings: ['/etc/hub/mappings/*.yaml'],
        normalizers: ['/etc/hub/normalizers.yaml'],
        checks: ['/etc/hub/checks.yaml'],
        rules: ['/etc/hub/alerts.yaml'],
        policy: ['/etc/hub/policy.yaml'],
        sources: ['/etc/hub/sources.yaml'],
      },
      store: { url: 'sqlite:/etc/hub/.yiwang/hub.sqlite' },
      timeZone: 'Asia/Shanghai',
      server: { host: '127.0.0.1', port: 4000 },
      crosswalk: { refreshMs: 15000 },
      publishing: { fourEyes: false },
      changes: { retentionHours: 72, retentionEvents: 1_000_000, alertRetentionDays: 365, pollMs: 5_000, triggerMs: 100, consumer: 'yiwang' },
      webhooks: { hosts: [], networks: [], retryMs: [1_000, 5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000], validDays: 90 },
      accessLog: {
        folder: '/etc/hub/.yiwang/access-log',
        anchorFolder: '/etc/hub/.yiwang/access-log-anchor',
        hash: 'sha256',
        checkpointMs: 30_000,
        retentionDays: 184,
        subjectKeys: 100,
      },
      agreements: { answerWorkdays: 10, holidays: [], workdays: [] },
      documents: { trustedOnly: [], automatic: 1_000 },
      subgraph: false,
      limits: {
        bodyBytes: 262144,
        tokens: 2000,
        depth: 10,
        aliases: 20,
        rootFields: 10,
        directives: 20,
        selections: 2000,
        cost: 1000,
        pageDefault: 20,
        pageMax: 200,
        offsetMax: 10_000,
        inMax: 250,
        operationMs: 10000,
        sourceRowsMax: 50000,
        responseBytes: 10_485_760,
        inFlight: 256,
        requestsPerSecond: 20,
        requestsPerMinute: 600,
        costPerMinute: 10_000,
        publishesPerMinute: 6,
        inFlightPerPrincipal: 16,
        connectionsPerPrincipal: 10,
        authFailuresPerMinute: 10,
      },
    });
  });

  it('takes an empty file as all defaults', () => {
    const { configuration, problems } = parseConfiguration('', '/hub/hub.yaml', {});
    expect(problems).toEqual([]);
    expect([configuration?.sources.size, configuration?.server.port]).toEqual([0, 4000]);
  });

  it('resolves relative paths against the folder of hub.yaml, and leaves absolute ones', () => {
    const { configuration } = parseConfiguration(
      'departments: { a: }\nsources: { a: { department: a, kind: sqlite, url: "sqlite:data/a.db" }, b: { department: a, kind: sqlite, url: "sqlite:///var/b.db" }, c: { department: a, kind: sqlite, url: "sqlite::memory:" } }\nrelease: { schema: [a/*.graphql, ../b.graphql, /c/*.graphql] }',
      '/srv/[hub]/hub.yaml',
      {},
    );
    expect([...(configuration?.sources.values() ?? [])].map((source) => source.url)).toEqual([
      'sqlite:/srv/[hub]/data/a.db',
      'sqlite:/var/b.db',
      'sqlite::memory:',
    ]);
    // The folder's own brackets are no pattern.
    expect(configuration?.release.schema).toEqual(['/srv/[[]hub[]]/a/*.graphql', '/srv/b.graphql', '/c/*.graphql']);
  });

  it('takes the port from the file, else from PORT, else 4000', () => {
    const port = (text: string, env: Record<string, string>) => parseConfiguration(text, 'hub.yaml', env).configuration?.server.port;
    expect([port('server: { port: 1 }', { PORT: '2' }), port('', { PORT: '2' }), port('', { PORT: '' })]).toEqual([1, 2, 4000]);
    expect(problemsOf('', { PORT: '70000' })).toEqual([
      'hub.yaml:1:1 the environment variable PORT is no port; set PORT to a number from 0 to 65535, or write server: { port: 4000 }',
    ]);
  });

  it('replaces variables in values alone, and numbers stay numbers', () => {
    const { configuration, problems } = parseConfiguration(
      `# \${NOT_SET}\n${HUB}server: { host: "\${A}.\${B:-b}", port: "\${P}" }\ntimeZone: \${TZ:-Asia/Shanghai}`,
      'hub.yaml',
      { FINANCE_URL: URL, POOL_MAX: '3', A: 'a', P: '81' },
    );
    expect(print(problems)).toEqual([]);
    expect([configuration?.sources.get('finance')?.pool.max, configuration?.server, configuration?.timeZone]).toEqual([
      3,
      { host: 'a.b', port: 81 },
      'Asia/Shanghai',
    ]);
  });

  it('cannot be restructured by a variable', () => {
    const { configuration } = parseConfiguration(HUB.replace('财政局', '"${NAME}"'), 'hub.yaml', { FINANCE_URL: URL, NAME: 'x }\nlimits: { depth: 50 }' });
    expect(configuration?.departments.get('finance')?.zh).toBe('x }\nlimits: { depth: 50 }');
    expect(configuration?.limits.depth).toBe(10);
  });

  it('keeps $${ as ${', () => {
    const { configuration } = parseConfiguration('server: { host: "$${X}" }', 'hub.yaml', {});
    expect(configuration?.server.host).toBe('${X}');
  });

  it.each(
    [
      [HUB, 'hub.yaml:7:10 the environment variable FINANCE_URL is not set; set FINANCE_URL, or write a default: ${FINANCE_URL:-…}'],
      ['timeZone: ${TZ-x}', 'hub.yaml:1:11 what stands between "${" and "}" is no variable; write ${NAME} or ${NAME:-default}; $${ for a literal "${"'],
      ['timeZone: ${TZ', 'hub.yaml:1:11 a "${" is not closed; write ${NAME} or ${NAME:-default}; $${ for a literal "${"'],
      ['timeZone: Mars/Base', 'hub.yaml:1:11 timeZone is unknown; write a name of the IANA time zone database, e.g. Asia/Shanghai'],
      ['server: { port: 99999 }', 'hub.yaml:1:17 server.port cannot be "99999"; at most 65535'],
      ['server: { prot: 1 }', 'hub.yaml:1:11 unknown key "prot" in server; did you mean "port"?'],
      [
        'sources: { a: { department: a, kind: mysql } }',
        'hub.yaml:1:12 sources.a has no "url"; add "url": where the database is; keep passwords in the environment, e.g. url: ${FINANCE_URL} or url: sqlite:finance.sqlite',
      ],
      [
        'departments: { finance: }\nsources: { a: { department: finanse, kind: mysql, url: "a:b" } }',
        'hub.yaml:2:29 source "a" belongs to an unknown department; did you mean "finance"?',
      ],
      ['sources: { A: {} }', 'hub.yaml:1:12 "A" in sources is no usable name; write a name that begins with a small letter, e.g. finance'],
      ['limits: { pageMax: 10 }', 'hub.yaml:1:20 limits.pageDefault is more than limits.pageMax; lower the one or raise the other (defaults: 20 and 200)'],
      ['limits: { depth: ten }', 'hub.yaml:1:18 limits.depth cannot be the text "ten"; write levels of nesting, e.g. depth: 10'],
      [
        'store: { url: "mysql://x" }',
        'hub.yaml:1:15 store.url has a value of the wrong form; write sqlite:path or a postgres URL, e.g. url: sqlite:.yiwang/hub.sqlite or url: ${STORE_URL}',
      ],
      [
        'release: { schema: }',
        'hub.yaml:1:20 release.schema cannot be nothing; write a file pattern or a list of them, relative to hub.yaml, e.g. schema/*.graphql or ["*/mapping.yaml"]',
      ],
      [
        'a: { b: ${X} }',
        'hub.yaml:1:10 something stands here that does not belong to the value before it; quote the text (also ${NAME} inside { }), put it on a line of its own, or put a comma between the parts',
      ],
    ].map(([text, problem]) => ({ text: text ?? '', problem: problem ?? '' })),
  )('reports $problem', ({ text, problem }) => {
    expect(problemsOf(text)).toContain(problem);
  });

  it.each([
    ['a', true],
    ['a'.repeat(20), true],
    ['a'.repeat(21), false],
    ['1a', false],
    ['a-b', false],
    ['Yiwang', false],
  ])('takes what a database takes as the name of a consumer: %s', (name, isTaken) => {
    const told = problemsOf(`changes: { consumer: ${name} }`).filter((problem) => problem.includes('changes.consumer'));
    expect(told).toHaveLength(isTaken ? 0 : 1);
  });

  it('knows the kinds of source that it is told of', () => {
    expect(problemsOf(HUB.replace('mysql', 'mysqll'), { FINANCE_URL: URL }, [MYSQL, POSTGRES])).toEqual([
      'hub.yaml:6:11 source "finance" is of a kind that there is no connector for; did you mean "mysql"?',
    ]);
    expect(problemsOf(HUB.replace('mysql', 'mariadb'), { FINANCE_URL: URL }, [MYSQL, POSTGRES])).toEqual([
      'hub.yaml:6:11 source "finance" is of a kind that there is no connector for; write kind: mysql, which reads it too',
    ]);
  });

  it('refuses what says nothing to the kind of a source, and the address of another kind', () => {
    const text = `${HUB.replace('mysql', 'postgres')}    tinyint1: integer\n    schemas: dev\n`;
    expect(problemsOf(text, { FINANCE_URL: URL }, [MYSQL, POSTGRES])).toEqual([
      'hub.yaml:7:10 the address of source "finance" is that of another kind; write one that begins with postgres:, or another kind',
      'hub.yaml:9:5 "tinyint1" says nothing to a source of kind postgres; leave it out',
    ]);
    expect(problemsOf(text, { FINANCE_URL: 'postgresql://db/finance' }, [MYSQL, POSTGRES])).toHaveLength(1);
  });

  it('tells the variables that it uses, not those that comments name', () => {
    const { variables } = parseConfiguration(`${HUB}# \${ARCHIVE_URL}\ntimeZone: "$\${ESCAPED}"`, 'hub.yaml', { FINANCE_URL: URL });
    expect([...variables]).toEqual(['FINANCE_URL', 'POOL_MAX']);
  });

  it('reports every mistake at once, and gives no configuration then', () => {
    const { configuration, problems } = parseConfiguration(
      `${HUB.replace('department: finance', 'department: finanse')}foo: 1\ntimeZone: Mars\nserver: { port: x }`,
      'hub.yaml',
      {},
    );
    expect(problems.map((problem) => problem.line)).toEqual([5, 7, 9, 10, 11]);
    expect(configuration).toBeUndefined();
  });

  const seed = Date.now();
  it(`never shows a value that came from a variable or a URL (seed ${seed})`, { timeout: 120_000 }, () => {
    const SECRET = 's3cret';
    const spot = fc.constantFrom(
      'timeZone: $',
      'server: { host: "$", port: "$" }',
      'server: { port: $ }',
      'sources:\n  a: { department: "$", kind: "$", url: "$", flavor: "$", changes: "$", pool: { max: "$" } }',
      'store: { url: "$" }',
      'limits: { depth: "$" }',
      'release: { schema: "$" }',
      'departments: { a: { zh: "$" }, b: "$" }',
      'sources: { a: "$" }',
      'foo: "$"',
      'sources:\n  a: { url: mysql://u:s3cret@h/db, kind: x }',
      'sources:\n  a:\n    mysql://u:s3cret@h/db: 1',
      'server: "$',
    );
    const value = fc.constantFrom('${X}', 'a${X}b', '${X:-y}', '${X}${Y}', '${X');
    const env = fc.constantFrom(SECRET, `mysql://u:${SECRET}@h`, `${SECRET}: {`, `"${SECRET}`, `1${SECRET}`);
    fc.assert(
      fc.property(fc.array(fc.tuple(spot, value), { maxLength: 4 }), env, (parts, secret) => {
        const text = parts.map(([where, what]) => where.replaceAll('$', what.replaceAll('$', '$$$$'))).join('\n');
        const { problems } = parseConfiguration(text, 'hub.yaml', { X: secret }, { kinds: [MYSQL] });
        expect(print(problems).join('\n')).not.toContain(SECRET);
      }),
      { seed, numRuns: 2_000 },
    );
  });

  it(`never throws (seed ${seed})`, { timeout: 120_000 }, () => {
    const words = fc.constantFrom(
      'departments',
      'sources',
      'release',
      'store',
      'url',
      'timeZone',
      'server',
      'limits',
      'depth',
      'pool',
      'max',
      'kind',
      'a',
      '1',
      ': ',
      ', ',
      '{ ',
      ' }',
      '[',
      ']',
      '\n',
      '\n  ',
      '"',
      '${A}',
      '${B:-1}',
      '${',
      '}',
      '- ',
      '#',
      '~',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 60 }), (parts) => {
        const { configuration, problems } = parseConfiguration(parts.join(''), 'hub.yaml', { A: 'x' });
        expect((configuration === undefined) === problems.length > 0).toBe(true);
      }),
      { seed, numRuns: 3_000 },
    );
  });
});
