import mappingSchema from '../json-schema/mapping.schema.json' with { type: 'json' };
import type { Problem } from '../errors/problem.ts';
import type { CrosswalkMapping, Mapping, RowsMapping, TypeMapping, ValueMapping } from '../model/mapping.ts';
import { checkCrosswalk, checkTypeMapping } from './mapping-check.ts';
import { readFilter, readRows } from './mapping-rows.ts';
import { readValue } from './mapping-value.ts';
import { withOrigin } from './origin.ts';
import { createReport, type Report } from './report.ts';
import { createShapeCheck, withoutFaults } from './schema-problems.ts';
import { sortProblems } from './sdl-report.ts';
import { parseYaml, type YamlNode } from './yaml.ts';
import { readRecord, readTexts } from './yaml-read.ts';

const checkShape = createShapeCheck(mappingSchema);

export interface MappingReading {
  /** There whenever the file has the right shape; fit for use only when no problem is an error. */
  readonly mapping?: Mapping;
  /** In its place where the shape is wrong: what is left without the faulty parts, so that the checks against other files can go on. Not for use. */
  readonly partial?: Mapping;
  readonly problems: Problem[];
}

/**
 * Reads a mapping file. Never throws; reports every mistake that the file alone can show, in the order of the file.
 *
 * @see docs/reference/mapping.md
 */
export function parseMapping(text: string, file: string): MappingReading {
  const { root, problems } = parseYaml(text, file);
  if (root === undefined) return { problems: [...problems] };
  const shape = checkShape(root);
  const report = createReport([...problems, ...shape.problems]);
  const mapping = read(root, withoutFaults(root, shape.faulty, PARTS) ?? withoutParts(root), file, report);
  const typeNames = [...(root.entries.get('types')?.entries.keys() ?? [])];
  for (const [name, type] of mapping.types) checkTypeMapping(name, type, report);
  for (const [name, crosswalk] of mapping.crosswalks) checkCrosswalk(name, crosswalk, typeNames, report);
  const sorted = sortProblems(report.problems);
  if (shape.problems.length === 0) return { mapping, problems: sorted };
  return { ...(root.kind === 'map' ? { partial: mapping } : {}), problems: sorted };
}

/** What may be left out of the further checks when its shape is wrong. */
const PARTS = [
  ['types', '*', 'fields', '*'],
  ['types', '*'],
  ['crosswalks', '*'],
];

const withoutParts = (root: YamlNode): YamlNode => ({ ...root, entries: new Map() });

function read(root: YamlNode, sound: YamlNode, file: string, report: Report): Mapping {
  const types = new Map([...(sound.entries.get('types')?.entries ?? [])].map(([name, node]) => [name, readType(node, report)]));
  const crosswalks = new Map([...(sound.entries.get('crosswalks')?.entries ?? [])].map(([name, node]) => [name, readCrosswalk(node, report)]));
  const source = root.entries.get('source')?.value;
  return withOrigin<Mapping>({ file, source: typeof source === 'string' ? source : '', types, crosswalks }, root);
}

function readType(node: YamlNode, report: Report): TypeMapping {
  const rows = node.entries.get('rows');
  const fields = new Map<string, ValueMapping>();
  for (const [name, value] of node.entries.get('fields')?.entries ?? []) fields.set(name, readValue(value));
  return withOrigin<TypeMapping>(
    { rows: rows === undefined ? { place: node.keyPlace } : readRows(rows, report), key: readTexts(node.entries.get('key')), fields, place: node.keyPlace },
    node,
  );
}

/** Keys that may stand beside `local` as a short form of `rows`. */
const SHORT_ROWS = ['table', 'tables', 'only', 'latest', 'deleted', 'where'];

function readCrosswalk(node: YamlNode, report: Report): CrosswalkMapping {
  const get = (key: string): YamlNode | undefined => node.entries.get(key);
  const short = SHORT_ROWS.filter((key) => node.entries.has(key));
  const rows = get('rows');
  const of = get('of');
  const canonical = get('canonical');
  const confirmed = get('confirmed');
  let rowsMapping: RowsMapping | undefined;
  if (rows !== undefined) rowsMapping = readRows(rows, report);
  else if (short.length > 0) rowsMapping = readRows({ ...node, entries: new Map([...node.entries].filter(([key]) => short.includes(key))) }, report);
  for (const key of short) {
    if (rows !== undefined || of !== undefined)
      report.error(
        get(key)?.keyPlace ?? node.keyPlace,
        `"${key}" stands beside "${rows === undefined ? 'of' : 'rows'}"`,
        rows === undefined ? `remove one of them: "of" takes the rows of a type as they are` : `move it into "rows"`,
      );
  }
  return withOrigin<CrosswalkMapping>(
    {
      ...(rowsMapping === undefined || (of !== undefined && rows === undefined) ? {} : { rows: rowsMapping }),
      ...(of === undefined ? {} : { of: of.text }),
      local: get('local')?.text ?? '',
      ...(canonical === undefined ? {} : { canonical: readValue(canonical) }),
      ...(node.entries.has('split') ? { split: readTexts(get('split')) } : {}),
      ...(confirmed === undefined ? {} : { confirmed: readFilter(confirmed) }),
      ...(node.entries.has('validTo') ? { validTo: get('validTo')?.text ?? '' } : {}),
      evidence: readRecord(get('evidence'), (column) => column.text),
      place: node.keyPlace,
    },
    node,
  );
}
