import { isRoot, run, searchPath, firstWith } from './system.ts';
import { type Engine, ServiceError } from './service.ts';

/**
 * Folder of the engine's server program. Where it is missing and we are root on Debian or its kin, installs it with apt-get; the server which that
 * package may start by itself is none of ours and stays untouched.
 * @throws {ServiceError} naming the package when it is neither there nor installable
 */
export async function programsOf(engine: Engine): Promise<string> {
  const found = await engine.locate();
  if (found !== undefined) return found;
  const missing = `${engine.title} is not installed: install the package ${engine.aptPackage}`;
  if (process.env['YIWANG_SERVICES_INSTALL'] === 'never') throw new ServiceError(`${missing} (YIWANG_SERVICES_INSTALL=never forbids doing it here)`);
  if (!isRoot()) throw new ServiceError(`${missing} (not done here: that takes root)`);
  if ((await firstWith('apt-get', searchPath())) === undefined) throw new ServiceError(`${missing} with this system's package manager`);
  process.stderr.write(`${engine.title} is not installed; installing the package ${engine.aptPackage} with apt-get\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Both engines may be installed at the same time, and other programs use apt too.
  const wait = ['-o', 'DPkg::Lock::Timeout=300'];
  try {
    await retried(() => run('apt-get', [...wait, 'update', '-qq'], { env }));
    await retried(() => run('apt-get', [...wait, 'install', '-y', '-qq', engine.aptPackage], { env }));
  } catch (error) {
    throw new ServiceError(`${missing}; apt-get could not: ${error instanceof Error ? error.message : String(error)}`);
  }
  const installed = await engine.locate();
  if (installed === undefined) throw new ServiceError(`${missing}; apt-get ended well, yet the server program is not where it should be`);
  return installed;
}

/** The lock on package lists has no waiting option, so the second of two updates fails at once. */
async function retried<T>(action: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      if (attempt === 20 || !String(error).includes('lock')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 3_000));
    }
  }
}
