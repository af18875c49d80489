import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createAccess, type Access } from '../access/access.ts';
import { createTrustedDocuments, type TrustedDocuments } from '../access/documents/trusted-documents.ts';
import { noAccessLog } from '../access/log/no-access-log.ts';
import { openAccessLog } from '../access/log/open-access-log.ts';
import { createAlerts, type Alerts } from '../changes/alerts/alerts.ts';

import { createChanges, type Changes } from '../changes/capture.ts';
import { openConnector, SOURCE_KINDS } from '../connectors/registry.ts';
import type { Consumers } from '../changes/subscriptions/consumers.ts';
import { createWebhooks } from '../changes/webhooks/webhooks.ts';
import { createSubscriptions } from '../changes/subscriptions/create-subscriptions.ts';
import type { FieldError } from '../federation/execute/execution.ts';
import { createFederation, type Federation } from '../federation/supergraph/federation.ts';
import { readRelease, readReleaseFiles } from '../federation/supergraph/read-release.ts';
import { startingRelease } from '../mappings/import-files.ts';
import { createMappings, type Mappings } from '../mappings/mappings.ts';
import { createAlertTopic } from '../resolvers/alert-topic.ts';
import { hubApi } from '../resolvers/hub-api.ts';
import type { OperationExample } from '../resolvers/context.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import { printProblem, type Problem } from '../schema/errors/problem.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import type { Release } from '../schema/model/release.ts';
import { parseConfiguration } from '../schema/parse/configuration.ts';
import { openStore } from '../store/open-store.ts';
import { createIdentification } from './authenticate/create-identify.ts';
import { createClock } from './clock.ts';
import type { ConsoleFiles } from './console.ts';
import { readExamples } from './examples.ts';
import { formatError } from './format-error.ts';
import { createHttpServer, type Route } from './http-server.ts';
import { HubProblem } from './hub-problem.ts';
import { variableReader } from './variables.ts';
import { createLog, type Logger } from './log.ts';
import { createMetrics } from './metrics.ts';
import { createStreamContext } from './stream-context.ts';

export interface HubOptions {
  /** `hub.yaml`. */
  readonly configurationFile: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * The developer's hub: whoever connects over loopback may change the crosswalk, and error messages suggest names of the schema. Default false.
   */
  readonly development?: boolean;
  readonly log?: Logger;
  /** Default: no console. */
  readonly console?: ConsoleFiles;
  /** For measurements: no record is kept of what is read. Default false; no configuration sets it. */
  readonly unrecorded?: boolean;
  /**
   * What files on disk that have changed become: `publish` a release that other instances follow, `use` what this hub alone runs, `ignore` nothing, the
   * store's release stands (where it has none, they are published). Default `publish`.
   */
  readonly files?: 'publish' | 'use' | 'ignore';
  /** Opens `server.metricsPort`, where it is set. Default true; a second hub beside the running one cannot. */
  readonly metricsListener?: boolean;
}

/** A running hub; disposing it ends it at once. */
export interface Hub extends AsyncDisposable {
  readonly configuration: HubConfiguration;
  readonly federation: Federation;
  readonly access: Access;
  /** Operations that apps have registered. */
  readonly documents: TrustedDocuments;
  readonly mappings: Mappings;
  readonly changes: Changes;
  readonly alerts: Alerts;
  readonly examples: readonly OperationExample[];
  /** What it answers over HTTP: every method and address. */
  readonly routes: readonly Route[];
  /** Starts to answer. @param port default: as configured; 0 takes a free one. @returns its address, e.g. `http://127.0.0.1:4000`. @throws {HubProblem} when the port, or that of the metrics, is taken */
  listen(port?: number): Promise<string>;
  /** Refuses new requests, lets running ones finish, then closes everything. */
  drain(timeoutMs: number): Promise<void>;
}

/** Reads hub.yaml and the release that it names. Warnings are logged. @throws {HubProblem} */
export async function readHubFiles(
  file: string,
  env: HubOptions['env'] = process.env,
  log?: Logger,
): Promise<{ readonly configuration: HubConfiguration; readonly release: Release }> {
  const configuration = await readConfiguration(file, env);
  const release = requireReading(await readRelease(configuration), file, log);
  return { configuration, release: { ...release, version: 1 } };
}

/** hub.yaml, checked. @throws {HubProblem} */
export async function readConfiguration(file: string, env: HubOptions['env'] = process.env): Promise<HubConfiguration> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new HubProblem(`${file} cannot be read (${error.code ?? 'unknown'}); name another file with --config`);
  });
  const { configuration, problems, variables } = parseConfiguration(text, file, env, { kinds: SOURCE_KINDS });
  if (configuration) return { ...configuration, releaseSources: { kinds: SOURCE_KINDS, variable: variableReader(env, path.dirname(file)), taken: variables } };
  throw new HubProblem(
    printAll(problems, () => shownName(file)),
    problems,
  );
}

const shownName = (file: string): string => path.relative(process.cwd(), file) || file;

/** The release, its warnings logged. @throws {HubProblem} with everything that is wrong, files named from where the person stands */
function requireReading<R>({ release, problems }: { readonly release?: R; readonly problems: readonly Problem[] }, file: string, log?: Logger): R {
  const folder = path.dirname(shownName(file));
  if (release === undefined)
    throw new HubProblem(
      printAll(problems, (name) => path.join(folder, name)),
      problems,
    );
  for (const warning of problems) log?.warn({}, printProblem(warning));
  return release;
}

/** Puts all parts together: configuration, store, sources, federation and the HTTP edge. @throws {HubProblem} */
export async function createHub({
  configurationFile,
  env = process.env,
  development = false,
  log = createLog(env['YIWANG_LOG_LEVEL']),
  console: files = NO_CONSOLE,
  files: filesOnDisk = 'publish',
  unrecorded = false,
  metricsListener = true,
}: HubOptions): Promise<Hub> {
  const configuration = await readConfiguration(configurationFile, env);
  const clock = createClock(env['YIWANG_NOW']);
  const metrics = createMetrics();
  await using undo = new AsyncDisposableStack();
  const store = undo.use(await openStore(configuration.store.url).catch(operatorProblem));
  const starting = await startingRelease({
    store,
    configuration,
    ...(await readReleaseFiles(configuration)),
    clock,
    ignoreFiles: filesOnDisk === 'ignore',
  }).catch(operatorProblem);
  const release = requireReading(starting, configurationFile, log);
  for (const file of starting.overridden) log.warn({ file, release: release.version }, 'a file changed on disk replaces what an officer had published');
  const commit = filesOnDisk !== 'use' ? { commit: starting.commit } : {};
  const accessLog = unrecorded
    ? noAccessLog
    : undo.use(await openAccessLog({ configuration: configuration.accessLog, store, log, onWrite: metrics.accessLog }).catch(operatorProblem));
  const federation = undo.use(
    await createFederation({
      configuration,
      release,
      isPublished: !starting.isNew,
      ...commit,
      store,
      clock,
      log,
      openConnector,
      onCall: metrics.sourceCall,
      hubApi,
    }).catch(operatorProblem),
  );
  const documents = undo.use(
    await createTrustedDocuments({ store, clock, onFailure: (error) => log.error({ err: error }, 'trusted documents cannot be read') }),
  );
  const mappings = undo.use(createMappings({ configuration, federation, store, clock, log, documents: () => documents.list() }));
  const changes = undo.use(await createChanges({ configuration, store, federation, reads: filesOnDisk === 'publish', logger: log }));
  const alerts = undo.use(createAlerts({ federation, store, changes: changes.log, evaluate: filesOnDisk === 'publish', logger: log }));
  const access = undo.use(
    await createAccess({
      configuration,
      release: () => federation.release(),
      onRelease: (changed) => federation.onGeneration(changed),
      store,
      clock,
      onFailure: (error) => log.error({ err: error }, 'agreements cannot be read'),
    }),
  );
  const printErrors = (errors: readonly FieldError[]): string =>
    JSON.stringify(
      errors.map(({ error, path }) =>
        formatError(error, { suggestions: false, onFault: (fault) => log.error({ err: fault }, 'fault in a subscription') }, { path }),
      ),
    );
  const onError = (error: unknown): void => log.warn({ err: error }, 'the change log cannot be read; trying again');
  const examples = await readExamples(configurationFile);
  const webhooks = createWebhooks(store, configuration.webhooks);
  const topicsOf = (consumers: Consumers) => [
    createAlertTopic(
      createStreamContext({
        configuration,
        federation,
        access,
        denied: store.denied,
        mappings,
        alerts,
        consumers,
        captures: changes.captures,
        webhooks,
        accessLog,
        clock,
        examples,
      }),
    ),
  ];
  const subscriptions = undo.use(
    createSubscriptions({
      federation,
      captures: () => changes.captures(),
      log: changes.log,
      store,
      printErrors,
      subjectKeys: accessLog.subjectKeys,
      onError,
      topicsOf,
    }),
  );
  undo.use(webhooks);
  undo.defer(access.onChange(() => subscriptions.recheck()));
  undo.defer(() => metrics.close());
  const identification = undo.use(
    await createIdentification({
      auth: configuration.auth,
      development,
      store,
      log,
      authFailuresPerMinute: configuration.limits.authFailuresPerMinute,
      onLimit: metrics.limited,
    }),
  );
  const http = await createHttpServer({
    configuration,
    federation,
    mappings,
    alerts,
    access,
    accessLog,
    identification,
    documents,
    denied: store.denied,
    log,
    metrics,
    clock,
    development,
    metricsPort: metricsListener ? configuration.server.metricsPort : undefined,
    console: files,
    examples,
    consumers: subscriptions.consumers,
    captures: changes.captures,
    webhooks,
    runStream: async (request, sink) => {
      using _listening = mappings.usage.follow(request.text, request.operation.name?.value);
      await subscriptions.run(request, sink);
    },
  });
  const parts = undo.move();
  const { host, port } = configuration.server;
  return {
    configuration,
    federation,
    access,
    documents,
    mappings,
    changes,
    alerts,
    examples,
    routes: http.routes,
    async listen(asked = port) {
      try {
        return await http.listen(host, asked);
      } catch (error) {
        throw cannotListen(error as NodeJS.ErrnoException, host, asked);
      }
    },
    async drain(timeoutMs) {
      await http.drain(timeoutMs);
      await parts.disposeAsync();
    },
    async [Symbol.asyncDispose]() {
      await http.drain(0);
      await parts.disposeAsync();
    },
  };
}

const NO_CONSOLE: ConsoleFiles = { folder: '', state: () => 'absent' };

function printAll(problems: readonly Problem[], fileOf: (name: string) => string): string {
  return problems.map((problem) => printProblem({ ...problem, file: fileOf(problem.file) })).join('\n');
}

function operatorProblem(error: unknown): never {
  if (error instanceof HubError) throw new HubProblem(error.message);
  throw error;
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') return new HubProblem(`port ${port} on ${host} is taken; stop what uses it, or choose another: PORT=${port + 1}`);
  if (error.code === 'EACCES') return new HubProblem(`port ${port} may not be used by this user; choose one above 1023: PORT=4000`);
  if (error.code === 'EADDRNOTAVAIL') return new HubProblem(`this machine has no address ${host}; correct server.host in hub.yaml`);
  return error;
}
