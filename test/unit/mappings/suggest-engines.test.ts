import { describe, expect, it } from 'vitest';
import type { Editor } from '../../../mappings/editor.ts';
import { ENGINES } from '../../helpers/library-engines.ts';

const developer: Editor = { subject: '王', roles: [], unverified: 'developer' };
const signal = AbortSignal.timeout(60_000);

const SETUP = {
  postgres: [
    `create table odd (id int primary key, doc jsonb, tags text[], opens time, "with""quote" text, scan bytea)`,
    `insert into odd values (1, '{"a": 1}', '{x,"y z"}', '08:30', 'q', '\\x00')`,
    'create table "Table.One" ("Key Part" varchar(10), k2 int, v text, primary key ("Key Part", k2))',
    `insert into "Table.One" values ('a', 1, 'x')`,
    'create schema other; create table other.shelf (no int primary key, note text)',
    "insert into other.shelf values (7, 'other')",
    'create table shelf (no int primary key, note text)',
    'create table by_scan (scan bytea primary key, v text)',
    `create table wide (no int primary key, ${Array.from({ length: 450 }, (_, index) => `c${index} text`).join(', ')})`,
    "insert into wide (no, c449) values (1, 'last')",
    'create table alert (no bigint primary key, checks int, image text)',
    'insert into alert values (1, 5, null)',
    'create table alert_image (no int primary key, alert_no int references alert)',
    'insert into alert_image values (9, 1)',
    'create table measured (value double precision primary key)',
  ],
  mariadb: [
    'create table odd (id int primary key, doc json, tags point, opens time, `with``quote` text, scan blob)',
    `insert into odd values (1, '{"a": 1}', point(1, 2), '08:30', 'q', x'00')`,
    'create table `Table.One` (`Key Part` varchar(10), k2 int, v text, primary key (`Key Part`, k2))',
    "insert into `Table.One` values ('a', 1, 'x')",
    'create table by_scan (scan varbinary(10) primary key, v text)',
  ],
} as const;

describe.each(['postgres', 'mariadb'] as const)('a suggestion for %s', (kind) => {
  it('leaves no column out in silence, names every table as it must be written, and is published as it is', { timeout: 60_000 }, async () => {
    const isPostgres = kind === 'postgres';
    const engine = await ENGINES[kind]();
    try {
      await engine.run(...SETUP[kind]);
      await using hub = await engine.small.start();
      const { study, releases } = hub.hub.mappings;
      const { sdl, mapping, reasons } = await study.suggest({ source: 'library', editor: developer }, signal);
      const said = reasons.map(({ about, says, evidence }) => `${about}: ${says} (${evidence})`);
      expect(said).toEqual(
        expect.arrayContaining([
          `by_scan: left out (its key scan is ${isPostgres ? 'bytea' : 'varbinary(10)'}, by which no row can be found)`,
          `Odd.doc: JSON by json (the column is ${isPostgres ? 'jsonb' : 'longtext'}; what is in it was not looked at)`,
          `Odd.tags: String (the column is ${isPostgres ? 'text[]' : 'point'}, which is given as its text; its values were not looked at)`,
          `Odd.opens: String (the column is ${isPostgres ? 'time without time zone' : 'time'}, which is given as its text; its values were not looked at)`,
          `Odd.scan: left out (the column scan is ${isPostgres ? 'bytea' : 'blob'}; no field can hold bytes)`,
        ]),
      );
      const files = (await releases.files(1)).map((file) =>
        file.part === 'schema' ? { ...file, text: sdl } : file.part === 'mappings' ? { ...file, text: mapping } : file,
      );
      await releases.publish({ base: 1, files, by: '王', why: '建议' });
      expect(await hub.data('{ odds { nodes { doc tags opens withQuote } } tableOnes { nodes { keyPart k2 v } } }')).toEqual({
        odds: { nodes: [{ doc: { a: 1 }, tags: isPostgres ? '{x,"y z"}' : 'POINT(1 2)', opens: '08:30:00', withQuote: 'q' }] },
        tableOnes: { nodes: [{ keyPart: 'a', k2: 1, v: 'x' }] },
      });
      if (!isPostgres) return;
      expect(mapping).toContain('rows: { table: other.shelf }');
      expect(await hub.data('{ shelfs { nodes { no } } shelf2s { nodes { no } } wides { nodes { c449 } } }')).toEqual({
        shelfs: { nodes: [{ no: 7 }] },
        shelf2s: { nodes: [] },
        wides: { nodes: [{ c449: 'last' }] },
      });
      expect(said).toContain('measured: left out (its key value is double precision, by which no row can be found)');
      expect(await hub.data('{ alertImageRecords { nodes { no alertNo alert2 { no checks2 image } } } }')).toEqual({
        alertImageRecords: { nodes: [{ no: 9, alertNo: '1', alert2: { no: '1', checks2: 5, image: null } }] },
      });
    } finally {
      await engine.small[Symbol.asyncDispose]();
      await engine.drop();
    }
  });
});
