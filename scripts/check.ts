/** `npm run check [step…]`: everything that must hold before a change is shared. Runs every step, then says which failed and how to mend it. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { floorFaults } from './check/floors.ts';
import { staleFiles } from './check/stale.ts';

interface Step {
  readonly name: string;
  readonly remedy: string;
  /** True when all is well; has printed what is not. */
  run(): Promise<boolean>;
}

const root = path.resolve(import.meta.dirname, '..');

const STEPS: readonly Step[] = [
  { name: 'format', run: () => program('prettier', '--check', '--log-level=warn', '.'), remedy: 'npm run format' },
  { name: 'lint', run: () => program('oxlint'), remedy: 'mend the places listed; `npx oxlint --fix` does the simple ones' },
  { name: 'types', run: () => program('tsc', '--noEmit'), remedy: 'mend the places listed' },
  {
    name: 'floors',
    run: () => nothingIn(floorFaults(root)),
    remedy: 'move the code to the room where it belongs, or pass what it needs as an argument; README.md shows the floors',
  },
  { name: 'dead', run: () => program('knip'), remedy: 'delete what nobody uses, or stop exporting it' },
  { name: 'fresh', run: () => nothingIn(staleFiles(root)), remedy: 'they are written anew now: look at the difference and commit it' },
  { name: 'tests', run: () => program('vitest', 'run'), remedy: 'mend the code or the test; `npx vitest run <file>` runs one' },
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`no such step: ${unknown.join(', ')}; there are ${STEPS.map((step) => step.name).join(', ')}`);
  process.exit(2);
}

const failed: Step[] = [];
for (const step of STEPS.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
  console.log(`── ${step.name}`);
  if (!(await step.run())) failed.push(step);
}
for (const { name, remedy } of failed) console.error(`✗ ${name}: ${remedy}`);
if (failed.length > 0) process.exit(1);
console.log('✓ all is well');

function program(name: string, ...args: readonly string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const binaries = path.join(root, 'node_modules', '.bin');
    const env = { ...process.env, PATH: `${binaries}${path.delimiter}${process.env['PATH'] ?? ''}` };
    const child = spawn(path.join(binaries, name), args, { cwd: root, env, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code === 0));
  });
}

async function nothingIn(faults: Promise<readonly string[]>): Promise<boolean> {
  const found = await faults;
  for (const fault of found) console.log(fault);
  return found.length === 0;
}
