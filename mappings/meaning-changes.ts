import { printMeaning } from '../federation/drift/mapping-digest.ts';
import { dependenciesOf, type LeafRef } from '../schema/api/dependencies.ts';
import type { Mapping, TypeMapping, ValueMapping } from '../schema/model/mapping.ts';
import type { Release } from '../schema/model/release.ts';
import type { UnifiedModel } from '../schema/model/unified.ts';

/** Something that means another thing, or nothing more, once a draft is live. */
export interface MeaningChange {
  /** `BREAKING`: what was asked for is no longer there. `DANGEROUS`: the same question may be answered otherwise. `SAFE`: nothing that is asked today changes. */
  readonly level: 'BREAKING' | 'DANGEROUS' | 'SAFE';
  readonly of: 'schema' | 'mapping' | 'normalizer' | 'check' | 'rule' | 'policy';
  /** `Payment.amount`, or the name of what changed. */
  readonly path: string;
  readonly source?: string;
  /** In words, old → new. */
  readonly message: string;
}

type Parts = Pick<Release, 'model' | 'mappings' | 'normalizers' | 'checks' | 'rules'>;

/** What the mappings, normalisers, checks and rules of two releases say differently. Pure; where files were merely rearranged it finds nothing. */
export function meaningChanges(before: Parts, after: Parts): MeaningChange[] {
  return [
    ...mappingChanges(before, after),
    ...named('normalizer', before.normalizers, after.normalizers),
    ...named('check', new Map(before.checks.map((check) => [check.check, check])), new Map(after.checks.map((check) => [check.check, check]))),
    ...named('rule', new Map(before.rules.map((rule) => [rule.rule, rule])), new Map(after.rules.map((rule) => [rule.rule, rule]))),
  ];
}

function mappingChanges(before: Parts, after: Parts): MeaningChange[] {
  const changes: MeaningChange[] = [];
  const usedNormalizers = changedNames(before.normalizers, after.normalizers);
  const [old, now] = [merged(before.mappings), merged(after.mappings)];
  for (const id of new Set([...old.types.keys(), ...now.types.keys()])) {
    const [source = '', type = ''] = id.split(' ');
    const [was, is] = [old.types.get(id), now.types.get(id)];
    const add = (level: MeaningChange['level'], field: string | undefined, message: string): void =>
      void changes.push({ level, of: 'mapping', path: field === undefined ? type : `${type}.${field}`, source, message });
    if (!is) add('BREAKING', undefined, `${source} no longer gives any ${type}`);
    else if (!was) add('SAFE', undefined, `${source} gives ${type} too`);
    else {
      if (printMeaning(was.rows) !== printMeaning(is.rows))
        add('DANGEROUS', undefined, `other rows of ${source} are ${type}: ${printMeaning(was.rows)} → ${printMeaning(is.rows)}`);
      if (printMeaning(was.key) !== printMeaning(is.key))
        add('DANGEROUS', undefined, `rows are told apart by ${is.key.join(', ')} instead of ${was.key.join(', ')}`);
      for (const field of new Set([...was.fields.keys(), ...is.fields.keys()])) {
        const [a, b] = [was.fields.get(field), is.fields.get(field)];
        if (!b) add('BREAKING', field, `${source} no longer gives it (it was ${printMeaning(a)})`);
        else if (!a) add('SAFE', field, `${source} gives it too: ${printMeaning(b)}`);
        else if (printMeaning(a) !== printMeaning(b)) add('DANGEROUS', field, `${source}: ${printMeaning(a)} → ${printMeaning(b)}`);
        else if (normalizersOf(b).some((name) => usedNormalizers.has(name))) add('DANGEROUS', field, `${source}: its normaliser changes`);
      }
    }
  }
  for (const id of new Set([...old.crosswalks.keys(), ...now.crosswalks.keys()])) {
    const [source = '', entity = ''] = id.split(' ');
    const [a, b] = [old.crosswalks.get(id), now.crosswalks.get(id)];
    if (printMeaning(a) === printMeaning(b)) continue;
    const message = b === undefined ? `${source} no longer matches its keys of ${entity}` : `${source} matches its keys of ${entity} by ${printMeaning(b)}`;
    changes.push({ level: a === undefined ? 'SAFE' : b === undefined ? 'BREAKING' : 'DANGEROUS', of: 'mapping', path: entity, source, message });
  }
  return changes;
}

interface Merged {
  readonly types: Map<string, TypeMapping>;
  readonly crosswalks: Map<string, object>;
}

function merged(mappings: readonly Mapping[]): Merged {
  const types = new Map<string, TypeMapping>();
  const crosswalks = new Map<string, object>();
  for (const mapping of mappings) {
    for (const [name, type] of mapping.types) types.set(`${mapping.source} ${name}`, type);
    for (const [name, crosswalk] of mapping.crosswalks) crosswalks.set(`${mapping.source} ${name}`, crosswalk);
  }
  return { types, crosswalks };
}

function named(of: MeaningChange['of'], before: ReadonlyMap<string, object>, after: ReadonlyMap<string, object>): MeaningChange[] {
  const changes: MeaningChange[] = [];
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [a, b] = [before.get(name), after.get(name)];
    if (!b) changes.push({ level: 'BREAKING', of, path: name, message: `there is no ${of} ${name} any more` });
    else if (!a) changes.push({ level: 'SAFE', of, path: name, message: `there is a ${of} ${name}` });
    else if (printMeaning(a) !== printMeaning(b)) changes.push({ level: 'DANGEROUS', of, path: name, message: `${printMeaning(a)} → ${printMeaning(b)}` });
  }
  return changes;
}

function changedNames(before: ReadonlyMap<string, object>, after: ReadonlyMap<string, object>): Set<string> {
  return new Set([...before.keys(), ...after.keys()].filter((name) => printMeaning(before.get(name)) !== printMeaning(after.get(name))));
}

function normalizersOf(value: ValueMapping): string[] {
  return [...(value.normalize === undefined ? [] : [value.normalize]), ...[...(value.concat ?? []), ...(value.firstValid ?? [])].flatMap(normalizersOf)];
}

/** Fields whose value may be another: those that changed, and whatever is derived from them, however far. `Type` alone stands for all its fields. */
export function touchedFields(model: UnifiedModel, changes: readonly MeaningChange[]): Set<string> {
  const touched = new Set<string>();
  for (const { path, level, of } of changes) {
    if (level === 'SAFE' || (of !== 'mapping' && of !== 'schema')) continue;
    const [type = '', ...field] = path.split('.');
    touched.add(field.length === 0 ? type : `${type}.${field.join('.')}`);
  }
  const isTouched = ({ type, path }: LeafRef): boolean => touched.has(type) || touched.has(`${type}.${path}`) || touched.has(`${type}.${path.split('.')[0]}`);
  for (let grown = true; grown;) {
    grown = false;
    for (const type of model.types.values()) {
      for (const field of type.fields.values()) {
        const paths = field.kind === 'value' ? [...(model.types.get(field.type)?.fields.keys() ?? [])].map((leaf) => `${field.name}.${leaf}`) : [field.name];
        for (const path of paths) {
          const name = `${type.name}.${path}`;
          const relation = derivationTarget(model, type.name, path);
          if (touched.has(name) || !(dependenciesOf(model, type.name, path).some(isTouched) || (relation !== undefined && touched.has(relation)))) continue;
          touched.add(name);
          grown = true;
        }
      }
    }
  }
  return touched;
}

/** The type whose rows a derived leaf counts, adds up or picks from. */
function derivationTarget(model: UnifiedModel, typeName: string, path: string): string | undefined {
  const type = model.types.get(typeName);
  const [head = '', inner] = path.split('.');
  const field = type?.fields.get(head);
  const leaf = field?.kind === 'value' ? model.types.get(field.type)?.fields.get(inner ?? '') : field;
  if (leaf?.kind !== 'leaf' || (leaf.derivation?.kind !== 'aggregate' && leaf.derivation?.kind !== 'pick')) return undefined;
  const relation = type?.fields.get(leaf.derivation.relation);
  return relation?.kind === 'relation' ? relation.target : undefined;
}
