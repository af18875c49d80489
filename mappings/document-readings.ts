import { getNamedType, Kind, TypeInfo, visit, visitWithTypeInfo, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { UnifiedModel } from '../schema/model/unified.ts';

/** The unified fields (`Type.field`) that a document reads, filters or orders by; `Type` alone where a variable decides which. */
export function documentReadings(document: DocumentNode, schema: GraphQLSchema, model: UnifiedModel): Set<string> {
  const found = new Set<string>();
  const info = new TypeInfo(schema);
  const note = (typeName: string | undefined, field: string): void => {
    const owner = typeName === undefined ? undefined : ownerOf(typeName, model);
    if (owner !== undefined && model.types.get(owner)?.fields.has(field)) found.add(`${owner}.${field}`);
  };
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: ({ name }) => note(info.getParentType()?.name, name.value),
      ObjectField: ({ name }) => note(getNamedType(info.getParentInputType())?.name, name.value),
      EnumValue: ({ value }) => note(getNamedType(info.getInputType())?.name, value),
      VariableDefinition: ({ type }) => {
        let inner = type;
        while (inner.kind !== Kind.NAMED_TYPE) inner = inner.type;
        const owner = ownerOf(inner.name.value, model);
        if (owner !== undefined && owner !== inner.name.value) found.add(owner);
      },
    }),
  );
  return found;
}

/** The unified type that a generated one belongs to: `PaymentWhere`, `PaymentSum` and the like are of `Payment`. */
function ownerOf(name: string, model: UnifiedModel): string | undefined {
  if (model.types.has(name)) return name;
  let best: string | undefined;
  for (const type of model.types.keys()) if (name.startsWith(type) && type.length > (best?.length ?? 0)) best = type;
  return best;
}

/** Does what is read meet what changed? */
export function isTouchedBy(readings: ReadonlySet<string>, touched: ReadonlySet<string>): string[] {
  const hits = new Set<string>();
  for (const reading of readings) {
    const [type = '', field] = reading.split('.');
    for (const change of touched) {
      const [changedType = '', changedField] = change.split('.');
      if (type === changedType && (field === undefined || changedField === undefined || field === changedField)) hits.add(change);
    }
  }
  return [...hits].toSorted();
}
