import type { Report } from './report.ts';
import { plainScalar, type YamlNode, type YamlValue } from './yaml.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** `node` is the same tree with `${VAR}` replaced; `secret` holds every scalar whose value no message may show. */
export interface Substituted {
  readonly node: YamlNode;
  readonly secret: ReadonlySet<YamlNode>;
  /** Names of the variables that stand in values. */
  readonly variables: ReadonlySet<string>;
}

/**
 * Replaces `${VAR}` and `${VAR:-default}` in the values (never the keys, nor the comments) of a file that is already parsed, so that no variable
 * can change its structure. An unset or empty variable without a default is a problem that names it. `$${` stands for `${`.
 */
export function substitute(root: YamlNode, env: Environment, report: Report): Substituted {
  const secret = new Set<YamlNode>();
  const variables = new Set<string>();
  const visit = (node: YamlNode): YamlNode => {
    if (node.kind === 'list') {
      const items = node.items.map(visit);
      return { ...node, items, value: items.map((item) => item.value) };
    }
    if (node.kind === 'map') {
      const value = Object.create(null) as Record<string, YamlValue>;
      const entries = new Map<string, YamlNode>();
      for (const [key, part] of node.entries) {
        const next = visit(part);
        entries.set(key, next);
        value[key] = next.value;
        if (key === 'url') secret.add(next);
      }
      return { ...node, entries, value };
    }
    if (typeof node.value !== 'string' || !node.text.includes('${')) return node;
    const text = expand(node, env, variables, report);
    // The value as if it stood there unquoted: inside { } a variable must be quoted, and may still be a number.
    const next = { ...node, text, value: plainScalar(text) ?? '' };
    secret.add(next);
    return next;
  };
  return { node: visit(root), secret, variables };
}

function expand(node: YamlNode, env: Environment, variables: Set<string>, report: Report): string {
  return node.text.replaceAll(/(\$?)\$\{([^}]*)(\}?)/g, (_all, escaped: string, body: string, end: string) => {
    if (escaped !== '') return `\${${body}${end}`;
    const [, name, fallback] = /^([A-Za-z_][A-Za-z0-9_]*)(?::-([^]*))?$/.exec(body) ?? [];
    if (end === '' || name === undefined) {
      report.error(
        node.place,
        end === '' ? 'a "${" is not closed' : 'what stands between "${" and "}" is no variable',
        'write ${NAME} or ${NAME:-default}; $${ for a literal "${"',
      );
      return '';
    }
    variables.add(name);
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value !== undefined && value !== '') return value;
    if (fallback === undefined) report.error(node.place, `the environment variable ${name} is not set`, `set ${name}, or write a default: \${${name}:-…}`);
    return fallback ?? '';
  });
}
