import type { CrosswalkMapping, TypeMapping, ValueMapping } from '../model/mapping.ts';
import { checkFilter, checkRows, columnsAfter } from './mapping-check-rows.ts';
import { checkValue } from './mapping-check-value.ts';
import { placeWithin } from './origin.ts';
import type { Report } from './report.ts';
import { suggestion } from './suggest.ts';

/** Whether one type's mapping makes sense by itself. That its columns exist is checked when it is bound to the source's catalog. */
export function checkTypeMapping(name: string, type: TypeMapping, report: Report): void {
  const where = `types.${name}`;
  checkRows(`${where}.rows`, type.rows, report);
  const known = columnsAfter(type.rows);
  if (known !== undefined) {
    for (const [index, column] of type.key.entries()) {
      if (!known.includes(column))
        report.error(
          placeWithin(type, ['key', index], type.place),
          `key column "${column}" of "${name}" is no longer there after "grouped"`,
          suggestion(column, known),
        );
    }
  }
  const twice = type.key.find((column, index) => type.key.indexOf(column) !== index);
  if (twice !== undefined) report.error(placeWithin(type, ['key'], type.place), `key column "${twice}" of "${name}" is named twice`, 'name it once');
  for (const [field, value] of type.fields) {
    checkValue(`${where}.fields.${field}`, value, report, 'field');
    if (known !== undefined) checkColumns(`${name}.${field}`, value, known, report);
  }
}

function checkColumns(field: string, value: ValueMapping, known: readonly string[], report: Report): void {
  const column = value.column ?? value.json;
  if (column !== undefined && !known.includes(column))
    report.error(value.place, `column "${column}" of "${field}" is no longer there after "grouped"`, suggestion(column, known));
  for (const part of [...(value.concat ?? []), ...(value.firstValid ?? [])]) checkColumns(field, part, known, report);
}

/** As `checkTypeMapping`, for a crosswalk; `types` are those of the same mapping. */
export function checkCrosswalk(entity: string, crosswalk: CrosswalkMapping, types: readonly string[], report: Report): void {
  const where = `crosswalks.${entity}`;
  const { rows, of, canonical, local, split } = crosswalk;
  if (rows === undefined && of === undefined)
    report.error(
      crosswalk.place,
      `${where} does not say which rows hold the keys`,
      'add "table: …" (or "rows: …"), or "of: …" for the rows of a type of this mapping',
    );
  if (rows !== undefined && of !== undefined)
    report.error(placeWithin(crosswalk, ['of'], crosswalk.place), `${where} has both "rows" and "of"`, 'remove one of them');
  if (rows !== undefined) {
    checkRows(`${where}.rows`, rows, report);
    const known = columnsAfter(rows);
    if (known !== undefined && !known.includes(local))
      report.error(
        placeWithin(crosswalk, ['local'], crosswalk.place),
        `column "${local}" of ${where} is no longer there after "grouped"`,
        suggestion(local, known),
      );
  }
  if (of !== undefined && !types.includes(of))
    report.error(
      placeWithin(crosswalk, ['of'], crosswalk.place),
      `${where} takes the rows of "${of}", which this mapping does not have`,
      suggestion(of, types),
    );
  if (canonical === undefined && (rows !== undefined || (of !== undefined && of !== entity))) {
    report.error(
      crosswalk.place,
      `${where} has no "canonical"`,
      `add what holds the key of ${entity} as this source writes it, e.g. canonical: { column: tydm, normalize: projectCode }`,
    );
  }
  if (canonical !== undefined) {
    checkValue(`${where}.canonical`, canonical, report, 'canonical');
    if (split !== undefined && canonical.column === undefined)
      report.error(placeWithin(crosswalk, ['split'], crosswalk.place), `${where} splits a value that is no column`, 'give "canonical" a "column"');
  } else if (split !== undefined) {
    report.error(placeWithin(crosswalk, ['split'], crosswalk.place), `${where} has "split" but no "canonical"`, 'add "canonical"');
  }
  if (crosswalk.confirmed !== undefined) checkFilter(`${where}.confirmed`, crosswalk.confirmed, placeWithin(crosswalk, ['confirmed'], crosswalk.place), report);
}
