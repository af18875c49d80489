import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { lastingHome, readRunning, temporaryHome } from './home.ts';
import { programsOf } from './install.ts';
import { configuredPort, freePort, isFree } from './port.ts';
import { type Engine, type Place, type Service, ServiceError, type ServiceOptions } from './service.ts';
import { dyingWithParent, isAlive, isAliveWith } from './system.ts';

const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 20_000;

/** Starts a private server and returns when it answers. @throws {ServiceError} saying what is missing or what the server printed */
export async function startService(engine: Engine, options: ServiceOptions = {}): Promise<Service> {
  const programs = await programsOf(engine);
  const lasting = options.directory !== undefined;
  const place = lasting ? await lastingHome(engine, programs, options.directory) : await temporaryHome(engine, programs);
  const attached = lasting ? await attach(engine, place) : undefined;
  if (attached) return attached;

  try {
    return await startOnPort(engine, place, lasting, options);
  } catch (error) {
    if (!lasting) await rm(place.home, { recursive: true, force: true });
    throw error;
  }
}

async function startOnPort(engine: Engine, place: Place, lasting: boolean, options: ServiceOptions): Promise<Service> {
  const asked = options.port ?? configuredPort(engine.portVariable);
  if (asked !== undefined && !(await isFree(asked))) {
    throw new ServiceError(`port ${asked} for ${engine.title} is taken; free it or set ${engine.portVariable} to another one`);
  }
  for (let attempt = 1; ; attempt += 1) {
    const port = asked ?? (await freePort());
    try {
      return await launch(engine, place, port, lasting, options);
    } catch (error) {
      // Between looking and listening somebody else may have taken a port of our choice.
      if (asked !== undefined || attempt === 5 || !/address (already )?in use/i.test(String(error))) throw error;
    }
  }
}

async function attach(engine: Engine, place: Place): Promise<Service | undefined> {
  const { pid, port } = await readRunning(place.home);
  if (pid === undefined || port === undefined || !(await isAliveWith(pid, place.home))) return undefined;
  await whenReady(engine, place, engine.url(port, place.password), () => isAlive(pid));
  return service(engine, place, port, pid, true);
}

async function launch(engine: Engine, place: Place, port: number, lasting: boolean, { outlivesParent = false, settings }: ServiceOptions): Promise<Service> {
  const command = engine.command(place, port, lasting, settings);
  const [program, ...args] = outlivesParent ? command : dyingWithParent(command, engine.signals[lasting ? 0 : 1]);
  const log = await open(path.join(place.home, 'server.log'), lasting ? 'a' : 'w');
  let child: ChildProcess;
  try {
    // A process group of its own, so that Ctrl-C in the terminal is ours to handle.
    child = spawn(program as string, args, {
      ...place.user,
      cwd: place.home,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    });
  } finally {
    await log.close();
  }
  const { pid } = child;
  if (pid === undefined) throw new ServiceError(`cannot run ${program ?? ''}`);
  child.unref();
  await writeFile(path.join(place.home, 'service.json'), JSON.stringify({ pid, port }));
  await whenReady(engine, place, engine.url(port, place.password), () => child.exitCode === null && child.signalCode === null);

  const started = service(engine, place, port, pid, lasting);
  if (outlivesParent) return started;
  const atExit = (): void => {
    kill(pid, engine.signals[lasting ? 0 : 1]);
    // What the dying server still writes may foil this; the next start clears it away.
    if (!lasting) rmSync(place.home, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', atExit);
  return {
    ...started,
    async stop() {
      await started.stop();
      process.off('exit', atExit);
    },
  };
}

function service(engine: Engine, place: Place, port: number, pid: number, lasting: boolean): Service {
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const [orderly, atOnce] = engine.signals;
    kill(pid, lasting ? orderly : atOnce);
    const deadline = Date.now() + STOP_WITHIN_MS;
    while (isAlive(pid)) {
      if (Date.now() > deadline) {
        if (lasting) throw new ServiceError(`${engine.title} (process ${pid}) does not stop; see ${path.join(place.home, 'server.log')}`);
        kill(pid, 'SIGKILL');
      }
      await sleep(20);
    }
    await rm(lasting ? path.join(place.home, 'service.json') : place.home, { recursive: true, force: true, maxRetries: 5 });
  };
  return { engine: engine.name, url: engine.url(port, place.password), port, stop: () => (stopped ??= stop()) };
}

async function whenReady(engine: Engine, place: Place, url: string, alive: () => boolean): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      await engine.ping(url);
      return;
    } catch (error) {
      const gone = !alive();
      if (!gone && Date.now() < deadline) {
        await sleep(50);
        continue;
      }
      const log = await readFile(path.join(place.home, 'server.log'), 'utf8').catch(() => '');
      const why = gone
        ? 'stopped while starting'
        : `does not answer within ${READY_WITHIN_MS / 1000} s (${error instanceof Error ? error.message : String(error)})`;
      throw new ServiceError(`${engine.title} ${why}. Its log ends:\n${log.trim().split('\n').slice(-15).join('\n')}`);
    }
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // gone already
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
