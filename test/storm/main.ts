/** `npm run test:kill-storm [changes] [kills]`: the storm in full, its figures, and an exit code. */
import { killStorm, type StormResult } from './kill-storm.ts';

const [changes = '100000', kills = '12'] = process.argv.slice(2);
const seed = Number(process.env['YIWANG_SEED'] ?? Date.now() % 1_000_000);
console.log(`seed ${seed}`);
const each = Math.ceil(Number(changes) / 3);
const result = await killStorm({
  changes: each,
  rate: Number(process.env['YIWANG_STORM_RATE'] ?? 400),
  kills: Number(kills),
  cuts: 60,
  restarts: true,
  seed,
  print: (line) => console.log(line),
});
print(result);
const faults = [...Object.values(result.log), ...result.subscribers].reduce(
  (sum, { lost, unexpected, disordered }) => sum + lost + unexpected + disordered,
  result.repeatedIds,
);
const contradictions = result.subscribers.reduce((sum, one) => sum + one.contradictions, 0);
console.log(faults + contradictions === 0 ? 'nothing lost, nothing invented, nothing out of order' : 'FAILED');
process.exit(faults + contradictions === 0 ? 0 : 1);

function print({ log, subscribers, ...rest }: StormResult): void {
  console.table(log);
  console.table(subscribers);
  console.table(rest);
}
