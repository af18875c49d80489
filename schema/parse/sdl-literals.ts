import { buildASTSchema, isScalarType, parse, validate, type GraphQLScalarType, type GraphQLSchema } from 'graphql';
import { dependenciesOf, type LeafRef } from '../api/dependencies.ts';
import { everyFeature } from '../api/features.ts';
import { generateApi } from '../api/generate-api.ts';
import { leavesOf } from '../api/leaves.ts';
import { isDecimal } from '../model/decimal.ts';
import type { LeafField, UnifiedModel } from '../model/unified.ts';
import { BUILT_IN_SCALARS } from '../scalars/built-in.ts';
import type { DirectiveUse } from './sdl-directives.ts';
import type { SdlReport } from './sdl-report.ts';
import type { ParsedTypes } from './sdl-types.ts';

/** Checks that need the whole model: filters and orders in derivations against the API that they are written in, and derivations in a circle. */
export function* checkDerivations(model: UnifiedModel, types: ParsedTypes, report: SdlReport): Generator<void, void> {
  let schema: GraphQLSchema | undefined;
  const reported = new Set<string>();
  for (const entity of model.types.values()) {
    if (entity.kind !== 'entity') continue;
    for (const { path, leaf } of leavesOf(model, entity)) {
      const { derivation } = leaf;
      if (derivation === undefined) continue;
      const circle = findCircle(model, { type: entity.name, path });
      if (circle !== undefined)
        report.errorAt(
          leaf.place,
          `"${entity.name}.${path}" is derived from itself`,
          `break the circle ${circle.map((ref) => `${ref.type}.${ref.path}`).join(' → ')}`,
        );
      if (derivation.kind !== 'aggregate' && derivation.kind !== 'pick') continue;
      const use = useOf(types, leaf);
      for (const argument of ['where', 'orderBy'] as const) {
        const literal = argument === 'where' ? derivation.where : derivation.kind === 'pick' ? derivation.orderBy : undefined;
        if (literal === undefined) continue;
        schema ??= yield* schemaOf(model);
        for (const message of faultsOf(schema, entity.names.many, derivation.relation, argument, literal)) {
          const [what = message, remedy] = message.split(/\.? (?=Did you mean)/, 2);
          const id = JSON.stringify([leaf.place, argument, what]);
          if (!reported.has(id))
            report.error(
              use.at(argument),
              `"${argument}" of "${entity.name}.${path}": ${what.replace(/\.$/, '')}`,
              lowerFirst(remedy) ?? `write it as the argument "${argument}" of "${derivation.relation}" is written in queries`,
            );
          reported.add(id);
        }
      }
      if (derivation.kind === 'aggregate' && derivation.empty !== undefined && !isCanonical(model, leaf, derivation.empty))
        report.error(use.at('empty'), `"${derivation.empty}" is no ${leaf.type.name}`, 'write a value that the field can have, such as "0"');
    }
  }
}

/** Copies of a field keep its place, so that is what it is found by. */
function useOf(types: ParsedTypes, leaf: LeafField): DirectiveUse {
  for (const { fields } of types.values()) {
    const parsed = fields.get(leaf.name);
    const use = parsed?.field.place === leaf.place ? parsed.uses.get(leaf.derivation?.kind ?? '') : undefined;
    if (use !== undefined) return use;
  }
  throw new TypeError(`expected ${leaf.name} to be parsed`);
}

function lowerFirst(text: string | undefined): string | undefined {
  return text === undefined ? undefined : text.charAt(0).toLowerCase() + text.slice(1);
}

/**
 * What literals are checked against: the API with all that it could offer. It is asked nothing, so it needs no resolvers. Formats of the model's own scalars
 * are left out: their normalisers are not known here.
 */
function* schemaOf(model: UnifiedModel): Generator<void, GraphQLSchema> {
  yield;
  const { document, resolvers } = generateApi(model, everyFeature(model), { timeZone: 'UTC' });
  yield;
  const schema = buildASTSchema(document, { assumeValid: true, assumeValidSDL: true });
  for (const name of BUILT_IN_SCALARS.keys()) {
    const [known, scalar] = [schema.getType(name), resolvers[name]];
    if (isScalarType(known) && isScalarType(scalar)) readAs(known, scalar);
  }
  yield;
  return schema;
}

function readAs(known: GraphQLScalarType, { serialize, parseValue, parseLiteral }: GraphQLScalarType): void {
  Object.assign(known, { serialize, parseValue, parseLiteral });
}

function faultsOf(schema: GraphQLSchema, root: string, relation: string, argument: string, literal: string): string[] {
  const document = parse(`{ ${root} { nodes { ${relation}(${argument}: ${literal}) { totalCount } } } }`, { noLocation: true });
  return validate(schema, document).map((error) => error.message);
}

function isCanonical(model: UnifiedModel, { type }: LeafField, text: string): boolean {
  if (type.kind === 'enum') return model.enums.get(type.name)?.values.some((value) => value.name === text) === true;
  if (type.name === 'Int' || type.name === 'BigInt') return /^-?\d+$/.test(text);
  return type.name !== 'Decimal' && type.name !== 'Float' ? true : isDecimal(text);
}

/** A way from a leaf back to itself, over leaves it is derived from. */
function findCircle(model: UnifiedModel, start: LeafRef): LeafRef[] | undefined {
  const seen = new Set<string>();
  const search = (ref: LeafRef, trail: readonly LeafRef[]): LeafRef[] | undefined => {
    for (const next of dependenciesOf(model, ref.type, ref.path)) {
      if (next.type === start.type && next.path === start.path) return [...trail, next];
      const id = `${next.type} ${next.path}`;
      if (seen.has(id)) continue;
      seen.add(id);
      const found = search(next, [...trail, next]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search(start, [start]);
}
