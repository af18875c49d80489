import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../../../schema/parse/configuration.ts';
import { parseMapping } from '../../../../schema/parse/mapping.ts';
import { completeCrosswalks } from '../../../../schema/parse/own-keys.ts';
import { parseSdl } from '../../../../schema/parse/sdl.ts';

const SDL = `type Book @key(fields: "isbn") @authority(department: "catalogue") { isbn: String! title: String price: Int }`;
const HUB = `departments: { catalogue: , lending: }
sources:
  catalogue: { department: catalogue, kind: sqlite, url: "sqlite:a" }
  lending: { department: lending, kind: sqlite, url: "sqlite:b" }`;
const LENDING = `source: lending
crosswalks: { Book: { table: item, local: item_no, canonical: isbn, evidence: { title: label, price: cost } } }`;

/** The authority's crosswalk after completion. */
function ownOf(catalogue: string): object | undefined {
  const { model } = parseSdl([{ text: SDL, file: 'schema.graphql' }]);
  const { configuration } = parseConfiguration(HUB, 'hub.yaml', {});
  const mappings = [catalogue, LENDING].flatMap((text, index) => parseMapping(text, `${index}.yaml`).mapping ?? []);
  if (!model || !configuration) throw new TypeError('the files of this test are wrong');
  const [completed] = completeCrosswalks({ model, mappings, configuration });
  return completed?.crosswalks.get('Book');
}

describe('completeCrosswalks', () => {
  it('takes the key of the authority’s rows for its own key, and compares by the columns it has', () => {
    const own = ownOf('source: catalogue\ntypes: { Book: { rows: book, key: book_no, fields: { isbn: isbn, title: name } } }');
    expect(own).toMatchObject({ of: 'Book', local: 'book_no', evidence: { title: 'name' }, place: { line: 2 } });
  });

  it('leaves a crosswalk alone that the authority’s mapping has', () => {
    const own = ownOf(
      'source: catalogue\ntypes: { Book: { rows: book, key: book_no, fields: { isbn: isbn } } }\ncrosswalks: { Book: { of: Book, local: shelf } }',
    );
    expect(own).toMatchObject({ of: 'Book', local: 'shelf', evidence: {} });
  });

  it('invents none where a row has a key of several columns, or no canonical key of its own', () => {
    expect(ownOf('source: catalogue\ntypes: { Book: { rows: book, key: [a, b], fields: { isbn: isbn } } }')).toBeUndefined();
    expect(ownOf('source: catalogue\ntypes: { Book: { rows: book, key: a, fields: { isbn: { column: a, crosswalk: Book } } } }')).toBeUndefined();
    expect(ownOf('source: catalogue\ntypes: {}')).toBeUndefined();
  });
});
