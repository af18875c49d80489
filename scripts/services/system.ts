/** Running programs, as another user where we are root. */
import { execFile, spawnSync } from 'node:child_process';
import { access, chown, constants, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ServiceError, type SystemUser } from './service.ts';

interface RunOptions {
  readonly user?: SystemUser | undefined;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Standard output of a program that ended well. @throws {ServiceError} with what it printed */
export function run(command: string, args: readonly string[], { user, cwd = '/', env = process.env }: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { ...user, cwd, env: { ...env, LC_ALL: 'C' }, maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new ServiceError(`${path.basename(command)} failed: ${(stderr.trim() || stdout.trim() || error.message).slice(-2000)}`));
    });
  });
}

export const isRoot = (): boolean => process.getuid?.() === 0;

/** The user to run a server as: undefined means ourselves. */
export async function serverUser(name: string): Promise<SystemUser | undefined> {
  if (!isRoot()) return undefined;
  for (const candidate of [name, 'nobody']) {
    try {
      return { uid: Number(await run('id', ['-u', candidate])), gid: Number(await run('id', ['-g', candidate])) };
    } catch {
      continue;
    }
  }
  throw new ServiceError(`database servers do not run as root and there is no user ${name}; add one or run as another user`);
}

/** A file that only its owner, the server's user, can read. */
export async function writeSecret(file: string, text: string, owner?: SystemUser): Promise<void> {
  await writeFile(file, text, { mode: 0o600 });
  if (owner) await chown(file, owner.uid, owner.gid);
}

/** The first of the folders that holds the program. */
export async function firstWith(program: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    try {
      await access(path.join(folder, program), constants.X_OK);
      return folder;
    } catch {
      continue;
    }
  }
  return undefined;
}

export const searchPath = (): string[] => (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));

/** `command`, made to die by `signal` when this process dies, on systems that can do that. */
export function dyingWithParent(command: readonly string[], signal: NodeJS.Signals): readonly string[] {
  mayDieWithParent ??= process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0;
  return mayDieWithParent ? ['setpriv', '--pdeathsig', signal.replace(/^SIG/, ''), '--', ...command] : command;
}
let mayDieWithParent: boolean | undefined;

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Is `pid` alive and was it started with `argument`? Guards against a process id that now belongs to somebody else. */
export async function isAliveWith(pid: number, argument: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => run('ps', ['-ww', '-o', 'args=', '-p', String(pid)]).catch(() => ''));
  return commandLine.includes(argument);
}
