import type { LeafRef } from '../schema/api/dependencies.ts';
import { leafAt } from '../schema/api/leaves.ts';
import { readingsOf } from '../schema/api/readings.ts';
import type { Owners } from '../schema/model/owners.ts';
import type { PolicyField, PolicyType } from '../schema/model/policy.ts';
import type { FieldLimit } from '../schema/model/rights.ts';
import type { LeafField, RelationField, UnifiedModel, ValueField } from '../schema/model/unified.ts';
import { personalMask } from './personal-mask.ts';

/** What compiling somebody's rights to fields goes by. */
export interface FieldInput {
  readonly model: UnifiedModel;
  readonly owners: Owners;
  /** The asking department. */
  readonly department: string | undefined;
  /** What a department's policy says of a type to whoever asks. */
  readonly policyOf: (department: string, type: string) => PolicyType | undefined;
  /** Only totals of this type's rows exist for whoever asks: nothing of another type is made of them. */
  readonly rowless: (type: string) => boolean;
  /** An agreement in force gives this field. */
  readonly agreed: (type: string, path: string) => boolean;
}

/** Undefined: plainly visible. */
export type Access = FieldLimit | undefined;

const ABSENT: FieldLimit = { kind: 'absent' };

/** How a leaf or relation is limited for one principal. What is derived is as limited as what it is made of, unless each owner of that says otherwise. */
export function createFieldAccess(input: FieldInput): (type: string, path: string) => Access {
  const { model } = input;
  const memo = new Map<string, Access>();
  const access = (type: string, path: string): Access => {
    const key = `${type}.${path}`;
    if (memo.has(key)) return memo.get(key);
    memo.set(key, ABSENT); // what needs itself cannot be had
    const found = decide(type, path);
    memo.set(key, found);
    return found;
  };
  const decide = (type: string, path: string): Access => {
    const field = fieldAt(model, type, path);
    if (field === undefined) return ABSENT;
    if (field.kind === 'relation') return strictest([given(input, type, path, field), through(type, field)]);
    if (!field.derivation) return given(input, type, path, field);
    const copies = field.derivation.kind === 'from' || field.derivation.kind === 'pick';
    return strictest([...readingsOf(model, type, path).map((reading) => inherited(type, path, reading, copies)), declared(input, type, path, field)]);
  };
  /** A relation tells which rows have equal values, and joins on them: it is there when they may be seen, and its target is. */
  const through = (type: string, field: RelationField): Access => {
    if (input.rowless(field.target)) return ABSENT;
    if (explicit(input, type, field.name) === 'visible') return undefined;
    const ends = [...field.fields.map((path) => access(type, path)), ...field.references.map((path) => access(field.target, path))];
    return ends.some((end) => end !== undefined) ? ABSENT : undefined;
  };
  const inherited = (type: string, path: string, reading: LeafRef, copies: boolean): Access => {
    const limit = reading.type !== type && input.rowless(reading.type) ? ABSENT : access(reading.type, reading.path);
    if (limit === undefined) return undefined;
    const says = ownersOf(reading).map((owner) => input.policyOf(owner, type)?.fields.get(path));
    if (says.length > 0 && says.every((each) => each !== undefined)) return strictest(says.map((each) => asLimit(each, fieldAt(model, type, path))));
    return limit.kind === 'masked' && !copies ? ABSENT : limit;
  };
  /** Whose say it is that a reading is limited. */
  const ownersOf = ({ type, path }: LeafRef): readonly string[] => {
    const own = input.owners.of(type, path);
    if (own !== undefined) return [own];
    const limited = readingsOf(model, type, path).filter((reading) => access(reading.type, reading.path) !== undefined);
    return [...new Set(limited.flatMap(ownersOf))];
  };
  return access;
}

export function strictest(all: readonly Access[]): Access {
  return all.find((each) => each?.kind === 'absent') ?? all.find((each) => each !== undefined);
}

function fieldAt(model: UnifiedModel, type: string, path: string): LeafField | RelationField | undefined {
  const field = model.types.get(type)?.fields.get(path);
  return field?.kind === 'relation' ? field : leafAt(model, type, path);
}

/** What the owner's policy says of a field by name; `others` speaks for what the owner itself gives. */
function explicit({ owners, policyOf }: FieldInput, type: string, path: string): PolicyField | undefined {
  const owner = owners.of(type, path);
  return owner === undefined ? undefined : policyOf(owner, type)?.fields.get(path);
}

/** A field that a department gives: its policy, else the schema's word. */
function given(input: FieldInput, type: string, path: string, field: LeafField | RelationField): Access {
  const owner = input.owners.of(type, path);
  const policy = owner === undefined ? undefined : input.policyOf(owner, type);
  const named = policy?.fields.get(path);
  // Who decides on the policy has decided on the agreement, too, and later.
  const agreed = field.sharing?.class === 'CONDITIONAL' && input.agreed(type, path);
  if (named !== undefined && !(named === 'absent' && agreed)) return asLimit(named, field);
  if (policy?.others === 'absent' && !agreed) return ABSENT;
  const masked = owner === input.department && owner !== undefined ? undefined : personalMask(field);
  if (policy?.others === 'visible') return masked;
  return strictest([shared(input, type, path, field, owner), masked]);
}

/** A derived field may have a sharing class of its own. */
function declared(input: FieldInput, type: string, path: string, field: LeafField): Access {
  const authority = input.model.types.get(type)?.authority;
  const named = authority === undefined ? undefined : input.policyOf(authority, type)?.fields.get(path);
  if (named !== undefined) return asLimit(named, field);
  return strictest([shared(input, type, path, field, authority), authority === input.department && authority !== undefined ? undefined : personalMask(field)]);
}

/** 无条件 · 有条件 · 不予共享 */
function shared({ department, agreed }: FieldInput, type: string, path: string, { sharing }: LeafField | RelationField, owner: string | undefined): Access {
  if (sharing === undefined || sharing.class === 'UNCONDITIONAL' || (owner !== undefined && owner === department)) return undefined;
  return sharing.class === 'CONDITIONAL' && agreed(type, path) ? undefined : ABSENT;
}

function asLimit(says: PolicyField | undefined, field: LeafField | RelationField | ValueField | undefined): Access {
  if (says === undefined || says === 'absent') return ABSENT;
  if (says === 'visible') return undefined;
  if (says !== 'masked') return { kind: 'masked', mask: says.mask };
  return (field && personalMask(field)) ?? ABSENT;
}
