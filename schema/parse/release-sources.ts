import type { Problem } from '../errors/problem.ts';
import type { HubConfiguration } from '../model/configuration.ts';
import type { ReleaseFile } from '../model/release.ts';
import { parseConfiguration } from './configuration.ts';
import { parseYaml } from './yaml.ts';

type Sources = Pick<HubConfiguration, 'departments' | 'sources'>;

/**
 * Reads a release's own departments and sources, written as in hub.yaml. A source's address is the value of one variable that an operator has set, and
 * nothing else, which neither hub.yaml nor another department uses: whoever edits a release can neither read a secret, nor lead the hub to an address of their
 * own, nor take another's database, or the hub's store, for theirs.
 * @param users departments by the variables that files of the release have used
 */
export function parseReleaseSources(
  { text, path }: ReleaseFile,
  base: HubConfiguration,
  users: Map<string, string>,
): Sources & { readonly problems: readonly Problem[] } {
  const none: Sources = { departments: new Map(), sources: new Map() };
  const { root, problems: syntax } = parseYaml(text, path);
  if (root === undefined) return { ...none, problems: syntax };
  if (root.value === null) return { ...none, problems: syntax };
  const problems: Problem[] = [];
  const refuse = (place: { readonly line: number; readonly column: number }, message: string, remedy: string): void =>
    void problems.push({ file: path, line: place.line, column: place.column, message, remedy, severity: 'error' });
  for (const [key, node] of root.entries)
    if (key !== 'departments' && key !== 'sources')
      refuse(node.keyPlace, `"${key.slice(0, 40)}" is not for a release`, 'write departments and sources; all else belongs into hub.yaml');
  for (const name of root.entries.get('departments')?.entries.keys() ?? [])
    if (base.departments.has(name))
      refuse(root.entries.get('departments')!.entries.get(name)!.keyPlace, `hub.yaml has a department "${name}"`, 'choose another name, or leave it out here');
  for (const [name, source] of root.entries.get('sources')?.entries ?? []) {
    if (base.sources.has(name)) refuse(source.keyPlace, `hub.yaml has a source "${name}"`, 'choose another name');
    const url = source.entries.get('url');
    if (url !== undefined && !/^\$\{[A-Za-z_][A-Za-z0-9_]*_URL\}$/.test(url.text))
      refuse(url.place, `the address of "${name}" is not one variable`, 'let the operator set it, and write e.g. url: ${ARCHIVE_URL}; the name ends in _URL');
    else if (url !== undefined) {
      const variable = url.text.slice(2, -1);
      const department = source.entries.get('department')?.text ?? '';
      const user = users.get(variable) ?? department;
      users.set(variable, user);
      if (base.releaseSources?.taken.has(variable) || user !== department)
        refuse(url.place, `${variable} is used ${user === department ? 'in hub.yaml' : `by ${user}`}`, 'let the operator set a variable for this source alone');
    }
    for (const [key, part] of source.entries)
      if (key !== 'url' && JSON.stringify(part.value).includes('${'))
        refuse(part.place, `${key} of "${name}" holds a variable`, 'write the value itself; only url is a variable');
  }
  if (problems.length > 0) return { ...none, problems };
  const rules = base.releaseSources;
  if (!rules) return { ...none, problems: [] };
  const env = new Proxy<Record<string, string | undefined>>(
    {},
    {
      get: (_target, name) => (typeof name === 'string' && name.endsWith('_URL') ? rules.variable(name) : undefined),
      has: () => true,
      getOwnPropertyDescriptor: (_target, name) => ({
        value: typeof name === 'string' ? rules.variable(name) : undefined,
        configurable: true,
        enumerable: true,
      }),
    },
  );
  const { configuration, problems: found } = parseConfiguration(text, base.file, env, { kinds: rules.kinds, departments: base.departments.keys() });
  const placed = found.map((problem) => ({
    ...problem,
    file: path,
    remedy: problem.remedy.replace(/, or write a default: .*$/, ' in the hub’s environment, or as a file in its folder of secrets'),
  }));
  return configuration ? { departments: configuration.departments, sources: configuration.sources, problems: placed } : { ...none, problems: placed };
}
