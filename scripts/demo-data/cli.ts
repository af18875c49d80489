/** `node scripts/demo-data/cli.ts --help` */
import { Command, InvalidArgumentError } from 'commander';
import { loadDemoData, type DepartmentName, type Target } from './index.ts';

const NAMES: readonly DepartmentName[] = ['development', 'finance', 'housing', 'audit'];

interface Options {
  readonly engine: 'sqlite' | 'postgres' | 'mariadb';
  readonly dir: string;
  readonly url?: string;
  readonly size: number;
  readonly seed: number;
  readonly departments: readonly DepartmentName[];
  readonly replace: boolean;
}

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number.');
  return value;
};

const names = (text: string): DepartmentName[] =>
  text.split(',').map((name) => {
    const known = NAMES.find((each) => each === name.trim());
    if (known === undefined) throw new InvalidArgumentError(`It must be some of ${NAMES.join(', ')}.`);
    return known;
  });

const program = new Command('demo-data')
  .description("Creates the four departments' demo databases: hand-made rows, and as many generated projects as you like.")
  .option('--engine <engine>', 'sqlite, postgres or mariadb', 'sqlite')
  .option('--dir <folder>', 'where SQLite files go', '.yiwang')
  .option('--url <url>', 'Postgres or MariaDB; schemas or databases are created in it')
  .option('--size <projects>', 'projects to generate, at most 100000', whole, 200)
  .option('--seed <number>', 'the same seed gives the same rows', whole, 1)
  .option('--departments <names>', 'some of them, comma separated', names, NAMES)
  .option('--replace', 'drop tables or files that are there', false);

const options = program.parse().opts<Options>();
if (!['sqlite', 'postgres', 'mariadb'].includes(options.engine)) program.error('error: --engine must be sqlite, postgres or mariadb');
if (options.engine !== 'sqlite' && options.url === undefined) program.error(`error: --engine ${options.engine} needs --url`);
const target: Target = options.engine === 'sqlite' ? { engine: 'sqlite', dir: options.dir } : { engine: options.engine, url: options.url ?? '' };
const started = performance.now();
try {
  const written = await loadDemoData(target, options);
  for (const [department, tables] of Object.entries(written)) {
    console.log(
      `${department}: ${Object.entries(tables)
        .map(([table, rows]) => `${table} ${rows}`)
        .join(', ')}`,
    );
  }
  console.log(`done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
} catch (error) {
  program.error(`error: ${error instanceof Error ? error.message : String(error)}`);
}
