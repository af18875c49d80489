/** MariaDB keeps booleans and small codes in columns of the same type: the source says which. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase, executeMariadb, type TestDatabase } from '../helpers/services.ts';
import { createSmallHub, type RunningHub } from '../helpers/small-hub.ts';

const SDL = `enum Stage { PLANNED BUILT DONE }
type Work @key(fields: "no") @authority(department: "library") {
  no: Int!
  level: Int
  stage: Stage
  open: Boolean
}
`;
const MAPPING = `source: library
types:
  Work:
    rows: work
    key: no
    fields:
      no: no
      level: stage
      stage: { column: stage, codes: { "0": PLANNED, "1": BUILT, "2": DONE } }
      open: { column: open, boolean: { true: "1", false: "0" } }
`;
const HUB = `departments: { library: { en: Library } }
sources: { library: { department: library, kind: mysql, url: "\${LIBRARY_URL}", tinyint1: integer } }
release: { mappings: "*/mapping.yaml" }
store: { url: "sqlite:hub.sqlite" }
`;

const undo = new AsyncDisposableStack();
let database: TestDatabase;
let hub: RunningHub;
beforeAll(async () => {
  database = await createDatabase('mariadb', 'codes');
  undo.defer(() => database.drop());
  await executeMariadb(database.url, [
    'create table work (no int primary key, stage tinyint(1), open tinyint(1))',
    'insert into work values (1, 0, 0), (2, 1, 1), (3, 2, 1), (4, 9, null)',
  ]);
  const small = undo.use(createSmallHub({ env: { LIBRARY_URL: database.url } }));
  small.write('hub.yaml', HUB);
  small.write('schema/book.graphql', SDL);
  small.write('library/mapping.yaml', MAPPING);
  hub = undo.use(await small.start());
}, 60_000);
afterAll(() => undo.disposeAsync());

it('reads codes of tinyint(1) columns as the numbers that they are, where the source says so', async () => {
  const { works } = await hub.data('{ works { nodes { no level stage open _meta { issues { field code rawValue } } } } }');
  expect(works.nodes).toEqual([
    { no: 1, level: 0, stage: 'PLANNED', open: false, _meta: { issues: [] } },
    { no: 2, level: 1, stage: 'BUILT', open: true, _meta: { issues: [] } },
    { no: 3, level: 2, stage: 'DONE', open: true, _meta: { issues: [] } },
    { no: 4, level: 9, stage: null, open: null, _meta: { issues: [{ field: 'stage', code: 'UNKNOWN_CODE', rawValue: '9' }] } },
  ]);
});

it('finds rows by such codes', async () => {
  const { works } = await hub.data('{ works(where: { stage: { eq: DONE }, open: { eq: true } }) { nodes { no } } }');
  expect(works.nodes).toEqual([{ no: 3 }]);
});
