import type { Federation } from '../federation/supergraph/federation.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { CatalogTable } from '../schema/model/catalog.ts';
import { suggestion } from '../schema/parse/suggest.ts';
import { requireMaySee, type Editor } from './editor.ts';
import { knownSource } from './known-source.ts';
import { profileTable, type RawProfile, type TableProfile } from './profile-table.ts';
import { createSuggestedNames } from './suggest-names.ts';
import { suggestMapping, type MappingSuggestion } from './suggest-mapping.ts';

/** Getting to know a source: what its tables hold, and what a mapping of them could be. */
export interface Study {
  /** Samples are masked where they hold personal data. @throws {HubError} BAD_USER_INPUT | FORBIDDEN_FIELD | the source's own */
  profile(request: StudyRequest, signal: AbortSignal): Promise<readonly TableProfile[]>;
  suggest(request: StudyRequest, signal: AbortSignal): Promise<MappingSuggestion>;
}

export interface StudyRequest {
  readonly source: string;
  /** Default: all. */
  readonly tables?: readonly string[];
  readonly editor: Editor;
}

const TABLES_MAX = 100;
/** Tables counted at the same time: a department's database is not ours to exhaust. */
const AT_ONCE = 2;

export function createStudy(federation: Federation): Study {
  const chosen = ({ source, tables, editor }: StudyRequest): { readonly department: string; readonly tables: readonly CatalogTable[] } => {
    const known = knownSource(federation, source);
    requireMaySee(editor, known.department);
    const catalog = federation.catalog(source);
    if (!catalog) throw new HubError('SOURCE_UNAVAILABLE', `${source} has not been reached yet`, { source, department: known.department });
    const names = catalog.tables.map(({ name }) => name);
    for (const name of tables ?? [])
      if (!names.includes(name)) throw new HubError('BAD_USER_INPUT', `${source} has no table "${name.slice(0, 60)}"; ${suggestion(name, names)}`);
    const wanted = catalog.tables.filter(({ name }) => tables === undefined || tables.includes(name));
    if (wanted.length > TABLES_MAX) throw new HubError('BAD_USER_INPUT', `${source} has ${wanted.length} tables; name at most ${TABLES_MAX} at a time`);
    return { department: known.department, tables: wanted };
  };
  const profiles = async ({ source }: StudyRequest, tables: readonly CatalogTable[], signal: AbortSignal): Promise<RawProfile[]> => {
    const connector = federation.connector(source);
    const found: RawProfile[] = [];
    for (let at = 0; at < tables.length; at += AT_ONCE)
      found.push(...(await Promise.all(tables.slice(at, at + AT_ONCE).map((table) => profileTable(connector, table, federation.call(source, signal))))));
    return found;
  };
  return {
    async profile(request, signal) {
      return (await profiles(request, chosen(request).tables, signal)).map(({ raw: _raw, ...profile }) => profile);
    },
    async suggest(request, signal) {
      const { department, tables } = chosen(request);
      return suggestMapping({
        source: request.source,
        department,
        profiles: await profiles(request, tables, signal),
        model: federation.release().model,
        typeNames: createSuggestedNames(federation.generation().schema),
        severalSchemas: new Set(federation.catalog(request.source)?.tables.map(({ schema }) => schema)).size > 1,
      });
    },
  };
}
