import { dirname, resolve } from 'node:path';
import hubSchema from '../json-schema/hub.schema.json' with { type: 'json' };
import type { Problem } from '../errors/problem.ts';
import type {
  AccessLogConfiguration,
  ChangeSettings,
  HubConfiguration,
  Limits,
  SourceConfiguration,
  SourceKind,
  WebhookSettings,
} from '../model/configuration.ts';
import { substitute, type Environment } from './configuration-env.ts';
import { createReport, type Report } from './report.ts';
import { createShapeCheck, cut } from './schema-problems.ts';
import { sortProblems } from './sdl-report.ts';
import { suggestion } from './suggest.ts';
import { readAgreements, readAuth, readDocuments } from './configuration-auth.ts';
import { parseYaml, type YamlNode } from './yaml.ts';
import { child, readTexts } from './yaml-read.ts';

const checkShape = createShapeCheck(hubSchema);

/** In the order of the limits' own promise; every one can be set under `limits`. */
export const DEFAULT_LIMITS: Limits = {
  bodyBytes: 262_144,
  tokens: 2_000,
  depth: 10,
  aliases: 20,
  rootFields: 10,
  directives: 20,
  selections: 2_000,
  cost: 1_000,
  pageDefault: 20,
  pageMax: 200,
  offsetMax: 10_000,
  inMax: 250,
  operationMs: 10_000,
  sourceRowsMax: 50_000,
  responseBytes: 10_485_760,
  inFlight: 256,
  requestsPerSecond: 20,
  requestsPerMinute: 600,
  costPerMinute: 10_000,
  publishesPerMinute: 6,
  inFlightPerPrincipal: 16,
  connectionsPerPrincipal: 10,
  authFailuresPerMinute: 10,
};

export const DEFAULT_POOL: SourceConfiguration['pool'] = { max: 8, queue: 32, acquireMs: 1_000, connectMs: 1_000 };
export const DEFAULT_BREAKER: SourceConfiguration['breaker'] = { failurePercent: 50, minCalls: 10, windowMs: 10_000, openMs: 2_000 };
/** Where a release's files are when hub.yaml does not say; beside hub.yaml. */
export const DEFAULT_RELEASE = {
  schema: 'schema/*.graphql',
  mappings: 'mappings/*.yaml',
  normalizers: 'normalizers.yaml',
  checks: 'checks.yaml',
  rules: 'alerts.yaml',
  policy: 'policy.yaml',
  sources: 'sources.yaml',
} as const;
export const DEFAULT_STATEMENT_MS = 3_000;
const DEFAULT_VALID_DAYS = 90;
/** A webhook's event is put aside after these, some two hours. */
export const DEFAULT_RETRY_MS: readonly number[] = [1_000, 5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000];
export const DEFAULT_CHANGES: ChangeSettings = {
  retentionHours: 72,
  retentionEvents: 1_000_000,
  alertRetentionDays: 365,
  pollMs: 5_000,
  triggerMs: 100,
  consumer: 'yiwang',
};
/** Six months are the law's least. */
export const DEFAULT_ACCESS_LOG = { checkpointSeconds: 30, retentionDays: 184, subjectKeys: 100 } as const;
const DEFAULT_PORT = 4_000;

export interface ConfigurationOptions {
  /** Departments that are known beside those of the file. */
  readonly departments?: Iterable<string>;
  /** Kinds of source that there are connectors for; absent, any is taken. */
  readonly kinds?: readonly SourceKind[];
}

/**
 * Reads `hub.yaml`: variables replaced, defaults filled in, paths made absolute from the file's folder. Never throws; every mistake comes at once, and no
 * message shows a value that came from the environment or a URL. `configuration` is there only when nothing is wrong. An empty file means all defaults.
 * `variables` are those that the file uses.
 */
export function parseConfiguration(
  text: string,
  file: string,
  env: Environment,
  options: ConfigurationOptions = {},
): { configuration?: HubConfiguration; problems: Problem[]; variables: ReadonlySet<string> } {
  const { root, problems } = parseYaml(text, file);
  if (root === undefined) return { problems: [...problems], variables: new Set() };
  const report = createReport(problems);
  const { node, secret, variables } = substitute(root, env, report);
  const tree: YamlNode = node.value === null ? { ...node, kind: 'map', value: {} } : node;
  const shape = checkShape(tree, (part) => !secret.has(part)).problems;
  const port = defaultPort(tree, env, report);
  checkMeaning(tree, options, report, [...report.problems, ...shape]);
  // What is said of a place first (a variable that is missing, say) explains what is said of it next.
  const said = new Set(report.problems.map(placeKey));
  report.problems.push(...shape.filter((problem) => !said.has(placeKey(problem))));
  if (report.problems.length > 0) return { problems: sortProblems(report.problems), variables };
  return { configuration: read(tree, file, port), problems: [], variables };
}

const placeKey = ({ line, column }: { readonly line: number; readonly column: number }): string => `${line}:${column}`;

function read(root: YamlNode, file: string, port: number): HubConfiguration {
  const path = resolve(file);
  const folder = dirname(path);
  const get = (...keys: string[]): YamlNode | undefined => keys.reduce<YamlNode | undefined>((node, key) => node?.entries.get(key), root);
  const globs = (key: keyof HubConfiguration['release']): string[] => {
    const patterns = get('release', key);
    return (patterns === undefined ? [DEFAULT_RELEASE[key]] : readTexts(patterns)).map((pattern) => resolve(escapeGlob(folder), pattern));
  };
  const store = { url: absoluteUrl(get('store', 'url')?.text ?? 'sqlite:.yiwang/hub.sqlite', folder) };
  return {
    file: path,
    departments: new Map([...(get('departments')?.entries ?? [])].map(([name, node]) => [name, readLabel(node)])),
    sources: new Map([...(get('sources')?.entries ?? [])].map(([name, node]) => [name, readSource(name, node, folder)])),
    release: {
      schema: globs('schema'),
      mappings: globs('mappings'),
      normalizers: globs('normalizers'),
      checks: globs('checks'),
      rules: globs('rules'),
      policy: globs('policy'),
      sources: globs('sources'),
    },
    store,
    timeZone: get('timeZone')?.text ?? 'Asia/Shanghai',
    server: readServer(get('server'), port),
    crosswalk: { refreshMs: Number(get('crosswalk', 'refreshMs')?.text ?? 15_000) },
    changes: readChanges(get('changes')),
    webhooks: readWebhooks(get('webhooks')),
    accessLog: readAccessLog(get('accessLog'), store.url, folder),
    publishing: { fourEyes: get('publishing', 'fourEyes')?.value === true },
    ...readAuth(get('auth'), folder),
    agreements: readAgreements(get('agreements')),
    documents: readDocuments(get('documents')),
    subgraph: get('subgraph')?.value === true,
    limits: readNumbers(get('limits'), DEFAULT_LIMITS),
  };
}

function readServer(node: YamlNode | undefined, port: number): HubConfiguration['server'] {
  const text = (key: string): string | undefined => node?.entries.get(key)?.text;
  const metricsPort = text('metricsPort');
  return { host: text('host') ?? '127.0.0.1', port: Number(text('port') ?? port), ...(metricsPort === undefined ? {} : { metricsPort: Number(metricsPort) }) };
}

function readAccessLog(node: YamlNode | undefined, storeUrl: string, folder: string): AccessLogConfiguration {
  const text = (key: string): string | undefined => node?.entries.get(key)?.text;
  const number = (key: keyof typeof DEFAULT_ACCESS_LOG): number => Number(text(key) ?? DEFAULT_ACCESS_LOG[key]);
  const given = text('folder');
  const log = given === undefined ? resolve(besideStore(storeUrl) ?? resolve(folder, '.yiwang'), 'access-log') : resolve(folder, given);
  const key = text('signingKey');
  return {
    folder: log,
    anchorFolder: resolve(folder, text('anchor') ?? `${log}-anchor`),
    hash: text('hash') === 'sm3' ? 'sm3' : 'sha256',
    ...(key === undefined ? {} : { signingKeyFile: resolve(folder, key) }),
    checkpointMs: number('checkpointSeconds') * 1000,
    retentionDays: number('retentionDays'),
    subjectKeys: number('subjectKeys'),
  };
}

/** The folder of a store that is a file. */
function besideStore(url: string): string | undefined {
  return url.startsWith('sqlite:') && !url.endsWith(':memory:') ? dirname(url.slice('sqlite:'.length)) : undefined;
}

function readLabel(node: YamlNode): { zh?: string; en?: string } {
  const zh = node.entries.get('zh')?.text;
  const en = node.entries.get('en')?.text;
  return { ...(zh === undefined ? {} : { zh }), ...(en === undefined ? {} : { en }) };
}

function readSource(name: string, node: YamlNode, folder: string): SourceConfiguration {
  const flavor = node.entries.get('flavor')?.text;
  const schemas = node.entries.get('schemas');
  return {
    name,
    department: child(node, 'department').text,
    kind: child(node, 'kind').text,
    ...(flavor === undefined ? {} : { flavor }),
    url: absoluteUrl(child(node, 'url').text, folder),
    ...(schemas === undefined ? {} : { schemas: readTexts(schemas) }),
    ...(node.entries.get('tinyint1')?.text === 'integer' ? { tinyint1: 'integer' } : {}),
    pool: readNumbers(node.entries.get('pool'), DEFAULT_POOL),
    statementMs: Number(node.entries.get('statementMs')?.text ?? DEFAULT_STATEMENT_MS),
    breaker: readNumbers(node.entries.get('breaker'), DEFAULT_BREAKER),
    changes: (node.entries.get('changes')?.text ?? 'none') as SourceConfiguration['changes'],
  };
}

function readWebhooks(node: YamlNode | undefined): WebhookSettings {
  const texts = (key: string): readonly string[] => readTexts(node?.entries.get(key));
  const retryMs = texts('retryMs').map(Number);
  const signingKey = node?.entries.get('signingKey')?.text;
  return {
    hosts: texts('hosts'),
    networks: texts('networks'),
    retryMs: retryMs.length > 0 ? retryMs : DEFAULT_RETRY_MS,
    validDays: Number(node?.entries.get('validDays')?.text ?? DEFAULT_VALID_DAYS),
    ...(signingKey === undefined ? {} : { signingKey }),
  };
}

function readChanges(node: YamlNode | undefined): ChangeSettings {
  const text = (key: string): string | undefined => node?.entries.get(key)?.text;
  const consumer = text('consumer') ?? DEFAULT_CHANGES.consumer;
  const nats = text('nats');
  return { ...readNumbers(node, DEFAULT_CHANGES), consumer, ...(nats === undefined ? {} : { nats }) };
}

function readNumbers<T extends object>(node: YamlNode | undefined, defaults: T): T {
  return { ...defaults, ...Object.fromEntries([...(node?.entries ?? [])].map(([key, part]) => [key, Number(part.text)])) };
}

function defaultPort(root: YamlNode, env: Environment, report: Report): number {
  const text = env['PORT'];
  if (text === undefined || text === '') return DEFAULT_PORT;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  report.error(root.place, 'the environment variable PORT is no port', 'set PORT to a number from 0 to 65535, or write server: { port: 4000 }');
  return DEFAULT_PORT;
}

/** Relative paths of SQLite files lead from the folder of hub.yaml, wherever the hub is started. */
function absoluteUrl(url: string, folder: string): string {
  if (!url.startsWith('sqlite:')) return url;
  const path = url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
  return path === ':memory:' ? url : `sqlite:${resolve(folder, path)}`;
}

/** A path as a file pattern that matches it alone. */
export function escapeGlob(path: string): string {
  return path.replaceAll(/[?*()[\]{}]/g, '[$&]');
}

/** Runs over whatever scalars there are, also when other parts have the wrong shape; `known` are the problems so far. */
function checkMeaning(root: YamlNode, { kinds, departments: others = [] }: ConfigurationOptions, report: Report, known: readonly Problem[]): void {
  const faulty = new Set(known.map(placeKey));
  const scalarAt = (...keys: string[]): YamlNode | undefined => {
    const found = keys.reduce<YamlNode | undefined>((node, key) => node?.entries.get(key), root);
    return found?.kind === 'scalar' && !faulty.has(placeKey(found.place)) ? found : undefined;
  };
  const departments = [...(root.entries.get('departments')?.entries.keys() ?? []), ...others];
  for (const name of root.entries.get('sources')?.entries.keys() ?? []) {
    const department = scalarAt('sources', name, 'department');
    const kind = scalarAt('sources', name, 'kind');
    if (department !== undefined && !departments.includes(department.text))
      report.error(
        department.place,
        `source "${cut(name)}" belongs to an unknown department`,
        suggestion(department.text, departments, 'list it under "departments"'),
      );
    if (kind !== undefined && kinds !== undefined) checkKind(name, kind, kinds, scalarAt('sources', name, 'url'), root, report);
  }
  const size = scalarAt('limits', 'pageDefault');
  const most = scalarAt('limits', 'pageMax');
  const [pageDefault, pageMax] = [Number(size?.text ?? DEFAULT_LIMITS.pageDefault), Number(most?.text ?? DEFAULT_LIMITS.pageMax)];
  if (pageDefault > pageMax)
    report.error(
      (size ?? most ?? root).place,
      'limits.pageDefault is more than limits.pageMax',
      `lower the one or raise the other (defaults: ${DEFAULT_LIMITS.pageDefault} and ${DEFAULT_LIMITS.pageMax})`,
    );
  const zone = scalarAt('timeZone');
  if (zone !== undefined && !isTimeZone(zone.text))
    report.error(zone.place, 'timeZone is unknown', 'write a name of the IANA time zone database, e.g. Asia/Shanghai');
}

/** Whether the kind is known, the address is one of it, and the source says nothing that its kind does not listen to. */
function checkKind(source: string, kind: YamlNode, kinds: readonly SourceKind[], url: YamlNode | undefined, root: YamlNode, report: Report): void {
  const meant = (text: string): SourceKind | undefined => kinds.find(({ name, also }) => name === text || also.includes(text));
  const known = kinds.find(({ name }) => name === kind.text);
  if (known === undefined) {
    const other = meant(kind.text.toLowerCase());
    const names = kinds.map(({ name }) => name);
    report.error(
      kind.place,
      `source "${cut(source)}" is of a kind that there is no connector for`,
      other === undefined ? suggestion(kind.text, names) : `write kind: ${other.name}, which reads it too`,
    );
    return;
  }
  const addressed = meant(/^[a-z0-9]+(?=:)/.exec(url?.text ?? '')?.[0] ?? '');
  if (url !== undefined && addressed !== undefined && addressed !== known)
    report.error(url.place, `the address of source "${cut(source)}" is that of another kind`, `write one that begins with ${known.name}:, or another kind`);
  const option = root.entries.get('sources')?.entries.get(source)?.entries.get('tinyint1');
  if (option !== undefined && !known.tinyint1) report.error(option.keyPlace, `"tinyint1" says nothing to a source of kind ${known.name}`, 'leave it out');
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
