import { indent } from '../../connectors/spi/print-request.ts';
import type { ConnectionField, FieldRef, ListPlan, MetaPlan, Output, OutputField, Print, Ref, ValuePlan } from './output.ts';
import type { KeyRead, KeyWrite, ParameterWrite } from './plan.ts';

/** How a response is written, one response key a line. */
export function outputLines(fields: readonly OutputField[]): string[] {
  return fields.flatMap(({ key, output }) => headed(key, output));
}

function headed(key: string, output: Output): string[] {
  switch (output.kind) {
    case 'text':
      return [`${key}: ${output.json}`];
    case 'error':
      return [`${key}: ${output.error.code}: ${output.error.message}`];
    case 'foreign':
      return [`${key}: answered elsewhere`];
    case 'value':
      return [`${key}: ${printValue(output.value)}${printPrint(output.print)}`];
    case 'subject':
      return [`subject ${output.type} ${output.key.map(printValue).join(', ')}`.trimEnd()];
    case 'object':
      return [`${key}:`, ...indent(outputLines(output.fields))];
    case 'one':
      return [`${key}: row of ${printRef(output.ref)}`, ...indent(outputLines(output.fields))];
    case 'first':
      return [`${key}: first of ${printRef(output.ref)}`, ...indent(outputLines(output.fields))];
    case 'connection':
      return [`${key}: ${output.bare ? 'list' : 'connection'}${output.list ? printList(output.list) : ''}`, ...indent(output.fields.flatMap(connectionLines))];
    case 'point':
      return [
        `${key}: point ${[output.longitude, output.latitude, output.datum].map(printValue).join(', ')} in ${output.to} {${output.fields.map((f) => `${f.key}: ${f.part}`).join(', ')}}`,
      ];
    case 'nodes':
      return [
        `${key}: ${output.single ? 'node' : 'nodes'}`,
        ...indent(
          output.items.flatMap((item, i) => {
            if (!item) return [`${i}: null`];
            if ('error' in item) return headed(`${i}`, item);
            return [`${i}: row ${item.ordinal} of fetch ${item.fetch}`, ...indent(outputLines(item.fields))];
          }),
        ),
      ];
    case 'meta':
      return metaLines(key, output.meta);
    case 'checks':
      return [
        `${key}: checks {${output.fields.map((f) => (f.key === f.name ? f.key : `${f.key}: ${f.name}`)).join(', ')}}`,
        ...indent(output.checks.flatMap((check) => [check.check, ...indent(outputLines(check.select))])),
      ];
  }
}

function connectionLines(field: ConnectionField): string[] {
  const { key } = field;
  switch (field.kind) {
    case 'text':
      return [`${key}: ${field.json}`];
    case 'error':
      return headed(key, field);
    case 'nodes':
      return [`${key}: nodes`, ...indent(outputLines(field.fields))];
    case 'edges':
      return [
        `${key}: edges`,
        ...indent(
          field.fields.flatMap((edge) =>
            edge.kind === 'node' ? [`${edge.key}: node`, ...indent(outputLines(edge.fields))] : [`${edge.key}: ${edge.kind === 'text' ? edge.json : 'cursor'}`],
          ),
        ),
      ];
    case 'pageInfo':
      return [`${key}: pageInfo {${field.fields.map((f) => f.key).join(', ')}}`];
    case 'count':
      return [`${key}: count column ${field.column} of ${printRef(field.ref)}`];
    case 'aggregate':
    case 'groups':
      return [`${key}: ${field.kind} of ${printRef(field.ref)}`, ...indent(outputLines(field.fields))];
  }
}

function metaLines(key: string, meta: MetaPlan): string[] {
  const fields = meta.fields.map((f) => `${f.key}${f.field === undefined ? '' : ` of ${f.field}`}`);
  const parts = meta.parts.map(
    (part) =>
      `${part.source}${part.ref ? ` by ${printRef(part.ref)}` : ''} key ${part.key?.join(',') ?? 'untold'}${part.fields.length > 0 ? ` reads ${part.fields.map((f) => f.field.path).join(' ')}` : ''}`,
  );
  return [`${key}: meta {${fields.join(', ')}}`, ...indent(parts)];
}

function printList({ ref, reversed, limit, cursor, paged }: ListPlan): string {
  const page = [
    ...(reversed ? ['reversed'] : []),
    ...(paged.after ? ['after'] : []),
    ...(paged.before ? ['before'] : []),
    ...(paged.offset > 0 ? [`offset ${paged.offset}`] : []),
  ];
  return ` of ${printRef(ref)}${limit === Number.MAX_SAFE_INTEGER ? '' : `, ${limit} shown`}${page.length > 0 ? `, ${page.join(', ')}` : ''}${cursor && cursor.columns.length > 0 ? `, cursor ${cursor.columns.join(',')}` : ''}`;
}

function printRef(ref: Ref): string {
  return ref.via === 'external' ? `external ${ref.index} child ${ref.child}` : `${ref.via} ${ref.index}`;
}

function printPrint({ scalar, money }: Print): string {
  return ` as ${scalar}${money ? ` / ${money.factor}, ${money.decimals} decimals` : ''}`;
}

export function printValue(value: ValuePlan): string {
  switch (value.kind) {
    case 'field':
      return `${printField(value.field)}${value.columns.length > 0 ? ` of ${value.columns.join(',')}` : ''}`;
    case 'canonicalKey':
      return `${value.entity} key of ${value.column}`;
    case 'wire':
    case 'canonical':
      return `column ${value.column}`;
    case 'enough':
      return `column ${value.column} where column ${value.count} is at least ${value.atLeast}`;
    case 'average':
      return `column ${value.sum} / column ${value.count}`;
    case 'via':
      return `${value.only ? 'only of ' : ''}${printRef(value.ref)} → ${printValue(value.value)}${value.empty === undefined ? '' : ` or ${value.empty}`}`;
    case 'computed':
      return `computed ${JSON.stringify(value.expression)}${value.scale === undefined ? '' : ` to ${value.scale} places`}${value.asOf === undefined ? '' : ` as of ${value.asOf}`} with ${value.names.map((name, i) => `${name} = ${value.values[i] ? printValue(value.values[i]) : ''}`).join(', ')}`;
    case 'check':
      return `${value.check.check} has failed`;
    case 'globalId':
      return `id of ${value.type} ${value.key.map(printValue).join(', ')}`;
  }
}

export const printField = ({ type, source, path }: FieldRef): string => `${type}.${path}@${source}`;

/** A key on its way from a row of one source to another source. */
export function printKey(read: KeyRead, write: KeyWrite): string {
  return `${printRead(read)} → ${printWrite(write)}`;
}

export function printRead(read: KeyRead): string {
  switch (read.kind) {
    case 'row':
      return `row key ${read.column}`;
    case 'local':
      return `${read.entity} key of ${read.source} in ${read.column}`;
    case 'value':
      return `${printField(read.field)} of ${read.columns.join(',')}`;
    case 'wire':
      return `column ${read.column} as ${read.scalar}`;
  }
}

export function printWrite(write: ParameterWrite): string {
  if (write.kind === 'row') return 'row key';
  if (write.kind === 'scalar') return write.scalar;
  return write.kind === 'local' ? `${write.entity} key of ${write.source}` : printField(write.field);
}
