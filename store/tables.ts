import { createCrosswalkLogTable } from './crosswalk-log-table.ts';
import { createCrosswalkTable } from './crosswalk-table.ts';
import { createReleasesTable } from './releases-table.ts';
import { createSettingsTable } from './settings-table.ts';
import type { SqlSession } from './sql-session.ts';
import type { StoreTables } from './store.ts';

export function createTables(session: SqlSession): StoreTables {
  return {
    settings: createSettingsTable(session),
    crosswalk: createCrosswalkTable(session),
    crosswalkLog: createCrosswalkLogTable(session),
    releases: createReleasesTable(session),
  };
}
