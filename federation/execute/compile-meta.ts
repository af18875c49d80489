import type { Row } from '../../connectors/spi/ir.ts';
import type { Canonical, DataIssue } from '../../schema/model/canonical.ts';
import { mask, type MaskKind } from '../../schema/model/mask.ts';
import type { WireValue } from '../../schema/model/physical-type.ts';
import type { MetaPart, MetaPlan } from '../plan/output.ts';
import type { Supergraph } from '../plan/supergraph.ts';
import { fieldOf } from './bind-keys.ts';
import { fail, type Write } from './compile-output.ts';
import { compileValue } from './compile-value.ts';
import type { Execution } from './execution.ts';
import { FetchFailure } from './fetch-failure.ts';
import { slotReader, type Layout } from './layout.ts';

type Item = Readonly<Record<string, Canonical>>;

interface PartReader {
  readonly plan: MetaPart;
  readonly department: string;
  readonly tables: string;
  readonly read: (row: Row) => Row | null | FetchFailure;
  readonly fields: readonly {
    readonly path: string;
    readonly mask: MaskKind | undefined;
    readonly value: (row: Row, execution: Execution, issue: (code: DataIssue['code'], raw: string) => void) => Canonical;
  }[];
}

/** `_meta`: written from the entity's row and from its rows in other sources. */
export function compileMeta(supergraph: Supergraph, layout: Layout, meta: MetaPlan): Write {
  const parts = meta.parts.map((part) => compilePart(supergraph, layout, part));
  const key = meta.key && compileValue(supergraph, layout, meta.key);
  return (row, execution) => {
    const present: { readonly part: PartReader; readonly row: Row }[] = [];
    for (const part of parts) {
      const found = part.read(row);
      // A department that is down has nothing to say of where its values come from.
      if (found instanceof FetchFailure) fail(execution, found);
      else if (found) present.push({ part, row: found });
    }
    const canonical = key?.(row, execution);
    const items: Record<string, () => readonly Item[]> = {
      sources: () =>
        present.map(({ part, row: r }) => ({
          __typename: 'SourceRef',
          department: part.department,
          source: part.plan.source,
          table: part.plan.table === undefined ? part.tables : String(r[part.plan.table] as WireValue),
          key: keyText(part, r),
          mappingVersion: supergraph.version,
          observedAt: execution.clock.now,
        })),
      issues: () => present.flatMap(({ part, row: r }) => issuesOf(part, r, execution).map((issue) => ({ __typename: 'DataIssue', ...issue }))),
      unresolved: () =>
        typeof canonical === 'string'
          ? execution.crosswalk
              .openKeys(meta.type, canonical)
              .filter(({ source }) => meta.open?.includes(source) ?? true)
              .map((open) => ({ __typename: 'OpenKey', ...open, department: departmentOf(supergraph, open.source) }) as Item)
          : [],
    };
    const texts = meta.fields.map((field) => {
      const head = `${JSON.stringify(field.key)}:`;
      if (field.name === '__typename') return `${head}"EntityMeta"`;
      const found = field.name === 'values' ? valuesOf(present, field.field ?? '', execution) : (items[field.name]?.() ?? []);
      return head + JSON.stringify(found.map((item) => Object.fromEntries(field.fields.map((f) => [f.key, item[f.name] ?? null]))));
    });
    return `{${texts.join(',')}}`;
  };
}

function compilePart(supergraph: Supergraph, layout: Layout, part: MetaPart): PartReader {
  const binding = supergraph.bindings.get(part.type)?.find((b) => b.source === part.source);
  const slot = part.ref && slotReader(layout, part.ref);
  return {
    plan: part,
    department: binding?.department ?? '',
    tables: binding?.tables.join(', ') ?? '',
    read: slot ? (row) => slot.read(row) as Row | null | FetchFailure : (row) => row,
    fields: part.fields.map(({ columns, field, key, mask: kind }) => {
      if (key) {
        return {
          path: field.path,
          mask: kind,
          value: (row, { crosswalk }, issue) => {
            const local = row[key.column] as WireValue;
            if (local === null) return null;
            const [canonical] = crosswalk.toCanonical(key.entity, part.source, String(local));
            if (canonical === undefined) issue('UNRESOLVED_KEY', String(local));
            return canonical ?? null;
          },
        };
      }
      const { decode } = fieldOf(supergraph, field);
      return {
        path: field.path,
        mask: kind,
        value: (row, _execution, issue) =>
          decode(
            columns.map((c) => row[c] as WireValue),
            issue,
          ),
      };
    }),
  };
}

const keyText = (part: PartReader, row: Row): string | null => part.plan.key?.map((c) => String(row[c] as WireValue)).join('|') ?? null;

/** An issue without what whoever asks may not see. */
type ShownIssue = Omit<DataIssue, 'key' | 'rawValue'> & { readonly key: string | null; readonly rawValue: string | null };

function issuesOf(part: PartReader, row: Row, execution: Execution): ShownIssue[] {
  const issues: ShownIssue[] = [];
  for (const { path, mask: kind, value } of part.fields) {
    value(row, execution, (code, rawValue) =>
      issues.push({ code, type: part.plan.type, field: path, source: part.plan.source, key: keyText(part, row), rawValue: kind ? null : rawValue }),
    );
  }
  return issues;
}

function valuesOf(present: readonly { readonly part: PartReader; readonly row: Row }[], path: string, execution: Execution): Item[] {
  return present.flatMap(({ part, row }) => {
    const field = part.fields.find((f) => f.path === path);
    if (!field) return [];
    const found = field.value(row, execution, () => undefined);
    const value = field.mask && found !== null ? mask(field.mask, String(found)) : found;
    return [{ __typename: 'DepartmentValue', department: part.department, source: part.plan.source, value }];
  });
}

const departmentOf = (supergraph: Supergraph, source: string): string | null => {
  for (const bindings of supergraph.bindings.values()) {
    const binding = bindings.find((b) => b.source === source);
    if (binding) return binding.department;
  }
  return null;
};
