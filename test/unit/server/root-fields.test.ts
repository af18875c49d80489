import { Kind, parse, print, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { splitRootFields } from '../../../server/root-fields.ts';

function split(text: string) {
  const document = parse(text);
  const operation = document.definitions.find((each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION);
  if (!operation) throw new Error('no operation');
  const { planned, own } = splitRootFields(document, operation, (name) => name.startsWith('p'));
  return {
    planned,
    own:
      own &&
      print({ ...own, definitions: own.definitions.slice(0, 1) })
        .replaceAll(/\s+/g, ' ')
        .trim(),
  };
}

describe('splitRootFields', () => {
  it('leaves an operation of planned fields alone', () => {
    expect(split('{ p1 { x } ...F } fragment F on Query { p2 }')).toEqual({ planned: true, own: undefined });
  });

  it('reduces an operation to the hub’s own fields, with the directives on the way to them', () => {
    expect(
      split(
        'query Q($a: Boolean!) { p1 own { x } ...F @skip(if: $a) ... @include(if: $a) { p2 __typename } } fragment F on Query { p3 other: hub { ...G } } fragment G on Hub { y }',
      ),
    ).toEqual({
      planned: true,
      own: 'query Q($a: Boolean!) { own { x } ... @skip(if: $a) { other: hub { ...G } } ... @include(if: $a) { __typename } }',
    });
  });

  it('says when nothing is to be planned', () => {
    expect(split('{ own }')).toEqual({ planned: false, own: '{ own }' });
  });
});
