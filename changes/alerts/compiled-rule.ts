import { createHash } from 'node:crypto';
import { Kind, type FieldNode, type SelectionSetNode } from 'graphql';
import { deriveDependencies } from '../../federation/dependencies/derive-dependencies.ts';
import type { Dependencies } from '../../federation/dependencies/dependencies.ts';
import type { ExecutionEnvironment } from '../../federation/execute/execute-operation.ts';
import { createSubjectReader, type SubjectReader, type SubjectReading } from '../../federation/execute/read-subjects.ts';
import { compileExpression, type ExpressionClock, type Values } from '../../federation/expression/compile.ts';
import { parseExpression } from '../../federation/expression/parse.ts';
import type { View } from '../../federation/supergraph/view.ts';
import { HubError } from '../../schema/errors/hub-error.ts';
import type { AlertRule } from '../../schema/model/alert-rule.ts';
import type { Canonical } from '../../schema/model/canonical.ts';
import type { UnifiedType } from '../../schema/model/unified.ts';
import { selectionOf } from '../../schema/parse/entity-test.ts';
import type { Verdict } from './decide.ts';
import { evidenceSelection } from './evidence.ts';

/** A rule made ready for one generation. */
export interface CompiledRule {
  readonly rule: AlertRule;
  readonly dependencies: Dependencies;
  /** Changes with the rule's text and with every release. */
  readonly fingerprint: string;
  /** When the rule is evaluated whole without a change. */
  readonly every: 'day' | number | undefined;
  /** One judgement a key, in their order. */
  judge(keys: readonly (readonly Canonical[])[], signal: AbortSignal): Promise<Judged>;
  readonly evidence: SubjectReader;
}

export interface Judged {
  /** RFC 3339. */
  readonly now: string;
  readonly judgements: readonly Judgement[];
}

export type Judgement =
  | (Verdict & { readonly kind: 'judged'; readonly values: Readonly<Record<string, Canonical>>; readonly value: Canonical; readonly name: string | null })
  /** The subject does not exist (any more): nothing holds of it. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly error: HubError };

/** Where the subject's name is read beside the rule's own selection. */
const NAME = '_subjectName';
/** What a type's own name may be called, best first. */
const NAMES = ['name', 'title', 'number'];

/** @throws {HubError} MAPPING_INVALID for a rule that does not fit the generation; that it was published means that it does */
export function compileRule(environment: ExecutionEnvironment, view: View, rule: AlertRule): CompiledRule {
  const { supergraph } = view;
  const select = selectionOf(rule.select);
  if (!select) throw new HubError('MAPPING_INVALID', `rule ${rule.rule}: select is no selection`);
  const { when, resolve, value } = rule;
  const dependencies = deriveDependencies(supergraph, rule.subject, { select, conditions: [when, resolve, value] });
  const type = supergraph.model.types.get(rule.subject);
  const reader = createSubjectReader({ environment, view, type: rule.subject, select: withName(select, type), whole: true });
  let judgeOne: ((values: Values, clock: ExpressionClock) => Verdict & { readonly value: Canonical }) | undefined;
  const compiledJudge = (): NonNullable<typeof judgeOne> => {
    judgeOne ??= compileVerdict(rule, reader, supergraph.timeZone);
    return judgeOne;
  };
  return {
    rule,
    dependencies,
    fingerprint: createHash('sha256')
      .update(JSON.stringify([supergraph.version, { ...rule, place: null }]))
      .digest('base64url'),
    every: rule.every ?? (dependencies.clock === 'none' ? undefined : 'day'),
    judge: async (keys, signal) => {
      const { clock, readings } = await reader.read(keys, signal);
      return { now: clock.now, judgements: readings.map((reading) => judgement(reading, clock, compiledJudge)) };
    },
    evidence: createSubjectReader({
      environment,
      view,
      type: rule.subject,
      select: evidenceSelection(supergraph.model, dependencies),
      whole: false,
    }),
  };
}

function judgement(
  reading: SubjectReading,
  clock: ExpressionClock,
  judge: () => (values: Values, clock: ExpressionClock) => Verdict & { value: Canonical },
): Judgement {
  if (reading.kind !== 'read') return reading;
  const { [NAME]: name = null, ...values } = reading.values;
  try {
    return { kind: 'judged', values, name: name === null ? null : String(name), ...judge()(reading.values, clock) };
  } catch (error) {
    if (error instanceof HubError) return { kind: 'failed', error }; // a condition that costs too much
    throw error;
  }
}

function compileVerdict(
  { when, resolve, value }: AlertRule,
  reader: SubjectReader,
  timeZone: string,
): (values: Values, clock: ExpressionClock) => Verdict & { value: Canonical } {
  const types = reader.types();
  const compile = (text: string) => compileExpression(parseExpression(text), types, { timeZone });
  const [holds, over, shown] = [compile(when), resolve === undefined ? undefined : compile(resolve), value === undefined ? undefined : compile(value)];
  return (values, clock) => {
    const does = holds(values, clock) === true;
    return { holds: does, over: over ? over(values, clock) === true : !does, value: shown?.(values, clock) ?? null };
  };
}

/** The field that holds what people call entities of a type. */
export const nameFieldOf = (type: UnifiedType | undefined): string | undefined => NAMES.find((one) => type?.fields.get(one)?.kind === 'leaf');

function withName(select: SelectionSetNode, type: UnifiedType | undefined): SelectionSetNode {
  const name = nameFieldOf(type);
  if (name === undefined) return select;
  const field: FieldNode = { kind: Kind.FIELD, alias: { kind: Kind.NAME, value: NAME }, name: { kind: Kind.NAME, value: name } };
  return { ...select, selections: [...select.selections, field] };
}
