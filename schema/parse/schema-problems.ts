import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Problem } from '../errors/problem.ts';
import { suggestion } from './suggest.ts';
import { nodeAt, type YamlNode } from './yaml.ts';

/** A JSON Schema as published under `schema/json-schema/`: every part has a `description` and `examples`, from which the remedies are made. */
export type JsonSchema = object;

/** Checks a file's shape and says in plain words what is wrong, all of it. `faulty` are the paths of the maps, lists and scalars that have a fault. */
export type ShapeCheck = (
  root: YamlNode,
  echo?: (node: YamlNode) => boolean,
) => { readonly problems: readonly Problem[]; readonly faulty: readonly (readonly string[])[] };

interface SchemaPart {
  readonly $ref?: string;
  readonly description?: string;
  readonly examples?: readonly string[];
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly additionalProperties?: SchemaPart | boolean;
  readonly propertyNames?: SchemaPart;
  readonly items?: SchemaPart;
  readonly enum?: readonly unknown[];
}

const MAX_PROBLEMS = 200;
/** Files are small and few: making their check faster costs more than it saves. */
const OPTIONS = { allErrors: true, allowUnionTypes: true, strictRequired: false, strictTypes: false, code: { optimize: false } };

/** `echo` says whether a value may be quoted in a message; by default every value may. */
export function createShapeCheck(schema: JsonSchema): ShapeCheck {
  let compiled: ValidateFunction | undefined; // by the first file of its kind: most hubs have not all kinds
  return (root, echo = () => true) => {
    const validate = (compiled ??= new Ajv(OPTIONS).compile(schema));
    if (validate(root.value)) return { problems: [], faulty: [] };
    // What is wrong with a key's name is said by `propertyNames` itself.
    const errors = (validate.errors ?? []).filter((error) => error.propertyName === undefined || error.keyword === 'propertyNames');
    const seen = new Set<string>();
    const problems: Problem[] = [];
    for (const error of errors) {
      const problem = explain(schema, root, error, echo);
      const identity = `${problem.line}:${problem.column}:${problem.message}`;
      if (!seen.has(identity) && problems.length < MAX_PROBLEMS) problems.push(problem);
      seen.add(identity);
    }
    // An unknown key at the top is not read, so nothing need be left out for it.
    const faulty = errors.filter((error) => error.instancePath !== '' || error.keyword !== 'additionalProperties').map(faultOf);
    return { problems, faulty };
  };
}

const pathOf = (error: ErrorObject): string[] =>
  error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

/** Where a key has a wrong name, it is what stands under it that is faulty. */
const faultOf = (error: ErrorObject): string[] => [...pathOf(error), ...(error.keyword === 'propertyNames' ? [String(error.params['propertyName'])] : [])];

/**
 * The tree without its faulty parts, so that the rest can be checked further. What can be left out is given as patterns, longest first
 * (`*` is any key); undefined when a fault lies outside of all.
 */
export function withoutFaults(root: YamlNode, faulty: readonly (readonly string[])[], parts: readonly (readonly string[])[]): YamlNode | undefined {
  const left = new Set<YamlNode>();
  for (const path of faulty) {
    const part = parts.find((pattern) => pattern.length <= path.length && pattern.every((step, index) => step === '*' || step === path[index]));
    if (part === undefined) return undefined;
    left.add(nodeAt(root, path.slice(0, part.length)));
  }
  return left.size === 0 ? root : without(root, left);
}

function without(node: YamlNode, left: ReadonlySet<YamlNode>): YamlNode {
  const entries = [...node.entries].flatMap(([key, child]): [string, YamlNode][] => (left.has(child) ? [] : [[key, without(child, left)]]));
  return { ...node, entries: new Map(entries), items: node.items.filter((child) => !left.has(child)).map((child) => without(child, left)) };
}

function explain(schema: JsonSchema, root: YamlNode, error: ErrorObject, echo: (node: YamlNode) => boolean): Problem {
  const path = pathOf(error);
  const node = nodeAt(root, path);
  const part = schemaAt(schema as SchemaPart, path);
  const where = path.length === 0 ? 'the file' : printPath(path);
  const value = node.kind !== 'scalar' ? (node.kind === 'list' ? 'a list' : 'a map') : node.value === null ? 'nothing' : JSON.stringify(cut(node.text));
  const at = (place: YamlNode['place'], message: string, remedy: string): Problem => ({ ...place, message, remedy, severity: 'error' });
  const wrong = echo(node) ? `${where} cannot be ${value}` : `${where} has a value of the wrong form`;
  const remedy = instruct(part);

  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(error.params['additionalProperty']);
      const child = node.entries.get(key) ?? node;
      return at(child.keyPlace, `unknown key "${cut(key)}" in ${where}`, suggestion(cut(key), Object.keys(part.properties ?? {})));
    }
    case 'required': {
      const key = String(error.params['missingProperty']);
      return at(node.keyPlace, `${where} has no "${key}"`, instruct(resolve(schema as SchemaPart, part.properties?.[key] ?? {}), `add "${key}"`));
    }
    case 'propertyNames': {
      const key = String(error.params['propertyName']);
      return at(
        (node.entries.get(key) ?? node).keyPlace,
        `"${cut(key)}" in ${where} is no usable name`,
        instruct(resolve(schema as SchemaPart, part.propertyNames ?? {})),
      );
    }
    case 'type':
      return at(node.place, echo(node) && node.kind === 'scalar' && node.value !== null ? `${where} cannot be ${describeScalar(node, value)}` : wrong, remedy);
    case 'enum': {
      const known = (part.enum ?? []).map(String);
      return at(node.place, wrong, echo(node) && node.kind === 'scalar' ? suggestion(cut(node.text), known) : `one of ${known.join(', ')}`);
    }
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return at(node.place, `${where} ${Number(error.params['limit']) > 1 ? 'has too few parts' : 'is empty'}`, remedy);
    case 'maxLength':
    case 'maxItems':
    case 'maxProperties':
      return at(node.place, `${where} is too long (at most ${error.params['limit']})`, remedy);
    case 'minimum':
    case 'maximum':
      return at(node.place, wrong, `${error.keyword === 'minimum' ? 'at least' : 'at most'} ${error.params['limit']}`);
    default:
      return at(node.place, wrong, remedy);
  }
}

function describeScalar(node: YamlNode, value: string): string {
  if (typeof node.value === 'number') return `the number ${value.replaceAll('"', '')}`;
  if (typeof node.value === 'boolean') return node.text;
  return `the text ${value}`;
}

/** The remedy that a schema part's words give: `write …, e.g. …`. */
function instruct(part: SchemaPart, verb = 'write'): string {
  const text = part.description === undefined ? 'something of the right form' : part.description;
  const example = part.examples?.length ? `, e.g. ${part.examples.slice(0, 2).join(' or ')}` : '';
  return verb === 'write' ? `write ${text}${example}` : `${verb}: ${text}${example}`;
}

/** The part of a schema that governs the value at a path, its references followed. */
function schemaAt(schema: SchemaPart, path: readonly string[]): SchemaPart {
  let part = resolve(schema, schema);
  for (const step of path) {
    const next = part.properties && Object.hasOwn(part.properties, step) ? part.properties[step] : (part.items ?? part.additionalProperties);
    if (next === undefined || typeof next === 'boolean') return part;
    part = resolve(schema, next);
  }
  return part;
}

/** Words beside a reference go before those of what it refers to. */
function resolve(schema: SchemaPart, part: SchemaPart): SchemaPart {
  if (part.$ref === undefined) return part;
  let target: unknown = schema;
  for (const step of part.$ref.split('/').slice(1)) target = (target as Record<string, unknown>)[step];
  const { $ref: _, ...own } = part;
  return { ...resolve(schema, target as SchemaPart), ...own };
}

function printPath(path: readonly (string | number)[]): string {
  return path.map((step, index) => (/^\d+$/.test(String(step)) ? `[${step}]` : `${index === 0 ? '' : '.'}${cut(String(step))}`)).join('');
}

/** Keeps a hostile name from filling the page, and a URL that slipped into a key from showing its password. */
export function cut(text: string): string {
  const safe = text.replace(/\/\/.*@/s, '//…@');
  return safe.length > 60 ? `${safe.slice(0, 60)}…` : safe;
}
