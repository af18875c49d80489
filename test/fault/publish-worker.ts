/** A process that publishes release after release until it is killed. */
import { createHub } from '../../server/hub.ts';
import { createLog } from '../../server/log.ts';

const hub = await createHub({ configurationFile: process.argv[2] ?? '', development: true, log: createLog('silent') });
process.stdout.write('publishing\n');
const { releases } = hub.mappings;
for (;;) {
  const live = await releases.live();
  const files = await releases.files(live.number);
  const next = (text: string): string => text.replaceAll(/constant: \d+/g, () => `constant: ${live.number}`);
  await releases.publish({ base: live.number, files: files.map((file) => ({ ...file, text: next(file.text) })), by: '王', why: '试' });
}
