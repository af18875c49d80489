import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { csvHead, csvLine } from '../../access/log/export-records.ts';
import { readAccessLog, type FoundRecord, type RecordFilter, type TextFilter } from '../../access/log/read-access-log.ts';
import type { PublicKey } from '../../access/log/record.ts';
import { readPublicKey } from '../../access/log/signing.ts';
import { subjectKey } from '../../access/log/subject-keys.ts';
import { verifyAccessLog } from '../../access/log/verify-access-log.ts';
import { readConfiguration } from '../../server/hub.ts';
import { HubProblem } from '../../server/hub-problem.ts';
import { openStore } from '../../store/open-store.ts';
import { configOption, type ConfigOption } from './options.ts';

type VerifyOptions = ConfigOption & { readonly anchor?: string; readonly key?: string; readonly json?: true };

interface ShowOptions extends ConfigOption, TextFilter {
  readonly last: number;
  readonly entity?: string;
  readonly json?: true;
}

/** `yiwang audit`: the access log, read from its folder; a running hub is not needed. */
export function addAudit(program: Command): void {
  const audit = program.command('audit').description('verify and read the access log: who read what, for what purpose');

  audit
    .command('verify [folder]')
    .description(
      'check every link, every signature, and that the log reaches as far as its anchor; the exit code is 1 when something is not as the hub wrote it',
    )
    .addOption(configOption())
    .option('--anchor <folder>', 'the second place; default: as configured, or the folder’s name with -anchor')
    .option('--key <file>', 'the only public key to trust, as JWK; default: the one that the anchor names')
    .option('--json', 'as JSON')
    .action(async (folder: string | undefined, options: VerifyOptions) => {
      const place = await placesOf(folder, options);
      const key = options.key === undefined ? undefined : await publicKeyFrom(options.key);
      const { chains, findings } = await verifyAccessLog(place.folder, place.anchorFolder, key);
      if (options.json) console.log(JSON.stringify({ chains, findings }, null, 2));
      else {
        for (const { chain, records, firstSeq, lastSeq, at, signedTo, anchoredTo, kid } of chains)
          console.log(
            `${chain}: ${records} records (${firstSeq} to ${lastSeq}, until ${at}), signed to ${signedTo}, anchored to ${anchoredTo}, key ${kid ?? 'unknown'}`,
          );
        for (const { chain, place: where, message, severity } of findings)
          console.log(`${severity}: ${chain}${where === undefined ? '' : `/${where}`}: ${message}`);
      }
      if (chains.length === 0 && findings.length === 0) throw new HubProblem(`there is no access log in ${place.folder}`);
      if (findings.some(({ severity }) => severity === 'error')) throw new HubProblem('the access log is not as the hub wrote it');
      if (!options.json) console.log('nothing was changed');
    });

  filtered(audit.command('show [folder]').description('the newest records that fit')).action(async (folder: string | undefined, options: ShowOptions) => {
    for await (const record of recordsOf(folder, options)) console.log(options.json ? JSON.stringify(record) : printRecord(record));
  });

  filtered(audit.command('export [folder]').description('the newest records that fit, as CSV for a spreadsheet')).action(
    async (folder: string | undefined, options: ShowOptions) => {
      console.log(csvHead());
      for await (const record of recordsOf(folder, options)) console.log(options.json ? JSON.stringify(record) : csvLine(record));
    },
  );
}

function filtered(command: Command): Command {
  return command
    .addOption(configOption())
    .option('-n, --last <count>', 'at most so many', toCount, 50)
    .option('--from <time>', 'RFC 3339, inclusive', toUtc)
    .option('--to <time>', 'RFC 3339, exclusive', toUtc)
    .option('--subject <subject>', 'who asked')
    .option('--consumer <department>', 'the department of whoever asked')
    .option('--provider <department>', 'the department whose fields were read')
    .option('--field <field>', 'Type or Type.path')
    .option('--purpose <purpose>')
    .option('--request <id>', 'the requestId of an answer')
    .option('--entity <Type:key>', 'an entity that was shown; needs the hub’s store')
    .option('--json', 'as JSON, one record a line');
}

async function* recordsOf(folder: string | undefined, options: ShowOptions): AsyncGenerator<FoundRecord> {
  const place = await placesOf(folder, options);
  const { last, config: _config, json: _json, entity, ...texts } = options;
  const filter: RecordFilter = { ...texts, ...(entity === undefined ? {} : { entity: await entityKey(entity, options) }) };
  let left = last;
  for (let after: string | undefined; left > 0;) {
    const page = await readAccessLog(place.folder, { filter, first: left, ...(after === undefined ? {} : { after }) });
    yield* page.records;
    left -= page.records.length;
    after = page.next;
    if (after === undefined) return;
  }
}

async function placesOf(
  folder: string | undefined,
  { config, anchor }: ConfigOption & { readonly anchor?: string },
): Promise<{ folder: string; anchorFolder: string }> {
  if (folder !== undefined) return { folder, anchorFolder: anchor ?? `${path.resolve(folder)}-anchor` };
  const { accessLog } = await readConfiguration(config);
  return { folder: accessLog.folder, anchorFolder: anchor ?? accessLog.anchorFolder };
}

async function publicKeyFrom(file: string): Promise<PublicKey> {
  const text = await readFile(file, 'utf8').catch(() => Promise.reject(new HubProblem(`${file} cannot be read`)));
  const key = await readPublicKey(text).catch(() => undefined);
  if (!key) throw new HubProblem(`${file} holds no Ed25519 key in JWK form`);
  return key;
}

/** The secret that keys are hidden with lies in the store. */
async function entityKey(text: string, { config }: ConfigOption): Promise<NonNullable<RecordFilter['entity']>> {
  const [, type, key] = /^([A-Za-z_]\w*):(.+)$/.exec(text) ?? [];
  if (type === undefined || key === undefined) throw new HubProblem(`--entity takes Type:key, e.g. Project:2301-320500-04-01-123456`);
  await using store = await openStore((await readConfiguration(config)).store.url);
  const secret = await store.settings.get('accessLogSecret');
  if (secret === undefined) throw new HubProblem('this hub has written no access log yet');
  return { type, key: subjectKey(secret, type, key) };
}

/** What a client chose is shown without control characters. */
function printRecord({ at, kind, who, operation, reads = [], own = [], decision, errors = {}, count, chain, seq }: FoundRecord): string {
  const said = [who.subject || who.peer || 'unknown', who.department, who.purpose === undefined ? undefined : `for ${who.purpose}`].filter(
    (part) => part !== undefined,
  );
  const read = reads.map(({ department, fields, rows }) => `\n    ${department} (${rows} rows): ${fields.join(' ')}`).join('');
  const codes = Object.entries(errors).map(([code, times]) => ` ${code}×${times}`).join(''); // prettier-ignore
  const what = [operation?.type, operation?.name, own.length > 0 ? own.join(' ') : undefined].filter((part) => part !== undefined).join(' ');
  const text = `${at} ${decision} ${kind}${count === undefined ? '' : ` ×${count}`} ${said.join(', ')}: ${what}${codes} [${chain} ${seq}]`;
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '�') + read;
}

function toCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a number from 1 on.');
}

function toUtc(text: string): string {
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new InvalidArgumentError('It must be a time such as 2026-11-28T08:00:00+08:00.');
}
