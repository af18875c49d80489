/** `npm run demo:changes`: believable changes in the four departments' demo databases, so that alerts arrive. Each is put right again a while later. */
import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { believableChange, type BelievableChange, type Databases } from './demo-data/believable-changes.ts';
import { DEMO_DATA, ensureDemo } from './demo-data/ensure.ts';

const NAMES = ['development', 'finance', 'housing', 'audit'] as const;
const LABELS = { development: '发展改革委', finance: '财政局', housing: '住建局', audit: '审计局' } as const;
/** So many are wrong at a time. */
const OPEN = 3;

const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: DEMO_DATA },
    every: { type: 'string', default: '3000' },
    count: { type: 'string', default: '0' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  console.log(
    'npm run demo:changes -- [--every <milliseconds>] [--count <changes>] [--dir <folder of the SQLite files>]\n\nCtrl-C puts right what is still wrong, and ends.',
  );
  process.exit(0);
}
const everyMs = Number(values.every);
const count = Number(values.count);
if (!(everyMs >= 0) || !(count >= 0)) {
  console.error('--every and --count take numbers');
  process.exit(2);
}

await ensureDemo(values.dir);
const databases = Object.fromEntries(
  NAMES.map((name) => [name, new DatabaseSync(path.join(values.dir, `${name}.sqlite`), { timeout: 5_000 })]),
) as unknown as Databases;
const stopped = new AbortController();
process.once('SIGINT', () => stopped.abort());
process.once('SIGTERM', () => stopped.abort());

const write = (department: (typeof NAMES)[number], says: string, sql: string): void => {
  databases[department].exec(sql);
  console.log(`${new Date().toTimeString().slice(0, 8)}  ${LABELS[department]}  ${says}`);
};
const pause = (): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, everyMs);
    stopped.signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });

console.log('Believable changes in the departments’ databases. Beside it: npx yiwang alerts watch\n');
const stamp = Date.now().toString(36).toUpperCase();
const open: BelievableChange[] = [];
const putRight = (): void => {
  const change = open.shift();
  if (change) write(change.department, change.later.says, change.later.sql);
};
for (let turn = 0; !stopped.signal.aborted && (count === 0 || turn < count); turn += 1) {
  const change = believableChange(databases, turn, stamp, new Date());
  if (change) {
    write(change.department, change.says, change.sql);
    open.push(change);
    await pause();
  }
  if (open.length >= OPEN) {
    putRight();
    await pause();
  }
}
while (open.length > 0) putRight();
for (const database of Object.values(databases)) database.close();
