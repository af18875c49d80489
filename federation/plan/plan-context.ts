import type { Canonical } from '../../schema/model/canonical.ts';
import { isInteger64 } from '../../schema/model/physical-type.ts';
import type { CursorCodec } from '../values/cursor.ts';
import type { FieldRef } from './output.ts';
import type { ParameterWrite, Parameter } from './plan.ts';
import type { Decision } from './decision.ts';
import type { DocumentContext } from './selection.ts';
import type { Supergraph } from './supergraph.ts';

/** A variable at a leaf of an argument: the plan need not know its value. */
export interface VariableRef {
  readonly kind: 'variableRef';
  readonly variable: string;
}

export const isVariableRef = (value: unknown): value is VariableRef =>
  typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'variableRef';

/** A BigInt that no integer with a sign can be. Variables that are have plans of their own. */
export const isBeyond64 = (value: unknown): boolean => typeof value === 'string' && value.length >= 19 && /^\d{19,20}$/.test(value) && !isInteger64(value);

/** What the planning of one operation shares. */
export interface PlanContext {
  readonly supergraph: Supergraph;
  readonly document: DocumentContext;
  /** Signs the cursors. */
  readonly cursors: CursorCodec;
  /** The hub's today (`YYYY-MM-DD`): what `asOf` means where it is not given. */
  readonly asOf: string;
  /** The day that the field at hand is asked for. */
  readonly askedOf?: string;
  readonly parameters: Parameter[];
  /** Filled while planning; absent: nobody wants to know. */
  readonly decisions?: Decision[];
  /** Told of every mapped field that the operation filters, orders, groups or measures by; what it shows stands in the plan itself. */
  readonly used?: FieldUse;
  /** Entities say which they are, so that the access log can name them. Default false. */
  readonly subjects?: boolean;
  /** What is planned is a row rule, which whoever asks need not know. */
  readonly hidden?: true;
}

export type FieldUse = (field: FieldRef) => void;

/** The value of a leaf; a variable's makes the plan good for this value only. */
export function concrete(context: PlanContext, value: unknown): Canonical {
  return (isVariableRef(value) ? context.document.structural(value.variable) : value) as Canonical;
}

/** Binds a value when the plan runs; the name of its IR variable or list. */
export function parameter(context: PlanContext, value: unknown, to: ParameterWrite, list: boolean): string {
  return addParameter(context, { from: isVariableRef(value) ? { kind: 'variable', variable: value.variable } : { kind: 'value', value }, to, list });
}

/** The name of such a parameter, which may be known already. */
export function addParameter(context: PlanContext, { from, to, list, within }: Omit<Parameter, 'name'>): string {
  const { parameters } = context;
  const byText = texts.get(parameters) ?? new Map<string, Parameter>();
  texts.set(parameters, byText);
  const text = JSON.stringify([from, to, list, within]);
  const known = byText.get(text);
  // What a plan was given up with is no longer among them.
  if (known && parameters[Number(known.name.slice(1))] === known) return known.name;
  const added = { name: `p${parameters.length}`, from, to, list, ...(within ? { within } : {}) };
  parameters.push(added);
  byText.set(text, added);
  return added.name;
}

/** Of all parameters that each list has had: to look through them for each new one takes seconds where a filter has thousands. */
const texts = new WeakMap<readonly Parameter[], Map<string, Parameter>>();
