/**
 * Folders of servers. A home holds `data/`, `password`, `server.log` and, while the server runs, `service.json`. Throw-away homes are copies of a
 * template, since initialising takes seconds and copying does not; they lie in a folder named after the owning process, so that the next one can
 * clear away what a killed one left.
 */
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Engine, type Place, ServiceError, type SystemUser } from './service.ts';
import { isAlive, isAliveWith, run, serverUser, writeSecret } from './system.ts';

/** Raise when `initialise` of any engine changes, so that old templates are left behind. */
const TEMPLATE_VERSION = 1;

/** A throw-away home, initialised. */
export async function temporaryHome(engine: Engine, programs: string): Promise<Place> {
  await sweep();
  const user = await serverUser(engine.systemUser);
  const template = await templateHome(engine, programs, user);
  const home = await makeTemporary(engine.name, user);
  await run('cp', ['-a', `${template}/.`, home]);
  return { programs, home, user, password: await readPassword(home) };
}

/** A home that stays, initialised when it is new. */
export async function lastingHome(engine: Engine, programs: string, directory: string): Promise<Place> {
  const user = await serverUser(engine.systemUser);
  const home = path.resolve(directory);
  if (await exists(path.join(home, 'password'))) return { programs, home, user, password: await readPassword(home) };
  await makeHome(home, user);
  if ((await readdir(home)).length > 0) throw new ServiceError(`${home} is neither empty nor a home of ${engine.title}; name another directory or empty it`);
  return initialise(engine, programs, home, user);
}

async function templateHome(engine: Engine, programs: string, user: SystemUser | undefined): Promise<string> {
  const version = /\d+(\.\d+)+/.exec(await engine.version(programs))?.[0] ?? 'unknown';
  const template = path.join(await base(), `template-${engine.name}-${version}-${TEMPLATE_VERSION}`);
  if (await exists(template)) return template;
  const draft = await makeTemporary(`template-${engine.name}`, user);
  await initialise(engine, programs, draft, user);
  try {
    await rename(draft, template);
  } catch (error) {
    // Another process was faster; its template is as good.
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(template))) throw error;
  }
  return template;
}

async function initialise(engine: Engine, programs: string, home: string, user: SystemUser | undefined): Promise<Place> {
  const place: Place = { programs, home, user, password: randomBytes(18).toString('base64url') };
  await engine.initialise(place);
  // Last, as the sign that all before went well.
  await writeSecret(path.join(home, 'password'), place.password);
  return place;
}

/** Removes throw-away homes whose owner is gone, and stops servers left running in them. */
async function sweep(): Promise<void> {
  const folder = await running();
  for (const name of await readdir(folder)) {
    const owner = Number(name.split('.')[1]);
    if (isAlive(owner)) continue;
    const home = path.join(folder, name);
    const { pid } = await readRunning(home);
    if (pid !== undefined && (await isAliveWith(pid, home))) process.kill(pid, 'SIGKILL');
    await rm(home, { recursive: true, force: true });
  }
}

export interface Running {
  readonly pid?: number;
  readonly port?: number;
}

export async function readRunning(home: string): Promise<Running> {
  try {
    return JSON.parse(await readFile(path.join(home, 'service.json'), 'utf8')) as Running;
  } catch {
    return {};
  }
}

async function makeTemporary(title: string, user: SystemUser | undefined): Promise<string> {
  const home = path.join(await running(), `${title}.${process.pid}.${randomBytes(4).toString('hex')}`);
  await makeHome(home, user);
  return home;
}

async function makeHome(home: string, user: SystemUser | undefined): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o755 });
  if (user) await chown(home, user.uid, user.gid);
}

async function base(): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const folder = process.env['YIWANG_SERVICES_DIR'] || path.join(os.tmpdir(), `yiwang-services-${uid}`);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  // The name is easily guessed, so somebody else may have made it.
  if ((await stat(folder)).uid !== uid) throw new ServiceError(`${folder} belongs to another user; set YIWANG_SERVICES_DIR to a directory of your own`);
  return path.resolve(folder);
}

/** Process ids mean something on one machine only, while the base may be shared. */
async function running(): Promise<string> {
  const folder = path.join(await base(), `running-${os.hostname()}`);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  return folder;
}

const readPassword = async (home: string): Promise<string> => (await readFile(path.join(home, 'password'), 'utf8')).trim();

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
