import { Kind, parse, print, type ConstDirectiveNode, type DefinitionNode, type DocumentNode } from 'graphql';
import type { UnifiedModel } from '../model/unified.ts';

/** The version of Apollo Federation that the subgraph speaks. */
const SPECIFICATION = 'https://specs.apollo.dev/federation/v2.3';

const HEAD = `extend schema @link(url: "${SPECIFICATION}", import: ["@key", "@shareable"])\ndirective @oneOf on INPUT_OBJECT\n`;

/** Of `PageInfo`, which every API with Relay's connections has: not shareable, it composes with none of them. */
const SHAREABLE: ConstDirectiveNode = { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'shareable' } };

/** Entities that an API has, by name. */
function entitiesIn(model: UnifiedModel, { definitions }: DocumentNode): string[] {
  return definitions
    .flatMap((each) => (each.kind === Kind.OBJECT_TYPE_DEFINITION && model.types.get(each.name.value)?.kind === 'entity' ? [each.name.value] : []))
    .toSorted();
}

/** The fields by which a router asks a subgraph. @param api as it is generated */
export function subgraphFields(model: UnifiedModel, api: DocumentNode): DocumentNode {
  const entities = entitiesIn(model, api);
  const union = entities.length === 0 ? '' : `union _Entity = ${entities.join(' | ')}\nscalar _Any\n`;
  const field = entities.length === 0 ? '' : '_entities(representations: [_Any!]!): [_Entity]! ';
  return parse(`${union}type _Service { sdl: String! }\ntype Query { ${field}_service: _Service! }`, { noLocation: true });
}

/** An API as a router composes it: Apollo Federation 2, every entity with its key. @param document without the subgraph's own fields */
export function printSubgraph(model: UnifiedModel, document: DocumentNode): string {
  const entities = new Set(entitiesIn(model, document));
  const definitions = document.definitions.map((each): DefinitionNode => {
    if (each.kind !== Kind.OBJECT_TYPE_DEFINITION) return each;
    const directives = (...added: ConstDirectiveNode[]): DefinitionNode => ({ ...each, directives: [...(each.directives ?? []), ...added] });
    if (each.name.value === 'PageInfo') return directives(SHAREABLE);
    return entities.has(each.name.value) ? directives(keyDirective(model.types.get(each.name.value)?.key ?? [])) : each;
  });
  return `${HEAD}${print({ ...document, definitions })}\n`;
}

function keyDirective(key: readonly string[]): ConstDirectiveNode {
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: 'key' },
    arguments: [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'fields' }, value: { kind: Kind.STRING, value: key.join(' ') } }],
  };
}
