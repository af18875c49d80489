import { HubError } from '../schema/errors/hub-error.ts';
import type { HubConfiguration } from '../schema/model/configuration.ts';
import type { Principal } from '../schema/model/principal.ts';
import type { ReleaseFile } from '../schema/model/release.ts';
import { parseYaml } from '../schema/parse/yaml.ts';

/** Who edits. The developer of a hub without tokens may edit anything. */
export type Editor = Pick<Principal, 'subject' | 'department' | 'roles' | 'unverified'>;

/** Whose a file is: a mapping is its source's department's, other files that of the folder they are in, a policy only if it speaks for the same; the rest is the steward's. */
export function departmentOfFile(
  { part, path, text }: ReleaseFile,
  { sources, departments }: Pick<HubConfiguration, 'sources' | 'departments'>,
): string | undefined {
  if (part === 'mappings') {
    const source = parseYaml(text, path).root?.entries.get('source')?.text;
    const department = source === undefined ? undefined : sources.get(source)?.department;
    if (department !== undefined) return department;
  }
  if (part === 'schema' || part === 'normalizers') return undefined;
  const of = path.split('/').findLast((folder, index, all) => index < all.length - 1 && departments.has(folder));
  const speaksFor = part === 'policy' ? parseYaml(text, path).root?.entries.get('department')?.text : undefined;
  if (of === undefined || speaksFor === undefined) return of ?? speaksFor;
  return of === speaksFor ? of : undefined;
}

/** May this person's drafts reach beyond one department? */
export function isSteward({ roles, unverified }: Editor): boolean {
  return unverified === 'developer' || roles.includes('steward');
}

/** Raw rows are the department's own: others see what its policy shares, through queries. @throws {HubError} FORBIDDEN_FIELD */
export function requireMaySee({ subject, department, roles, unverified }: Editor, owner: string): void {
  if (unverified === 'developer' || (roles.includes('officer') && department === owner)) return;
  throw new HubError('FORBIDDEN_FIELD', `rows as ${owner} keeps them are shown to its own data officers; ${subject} is none of them`);
}

/** What is one department's is for its data officers, and for stewards. @throws {HubError} FORBIDDEN_FIELD */
export function requireOfficerOf(editor: Editor, owner: string | undefined, what: string): void {
  if (isSteward(editor) || (owner !== undefined && owner === editor.department && editor.roles.includes('officer'))) return;
  throw new HubError(
    'FORBIDDEN_FIELD',
    `${what} belongs to ${owner === undefined ? 'the steward of the unified schema' : owner}; ${editor.subject} edits the files of ${editor.department ?? 'no department'}`,
  );
}

/** @throws {HubError} FORBIDDEN_FIELD when a file that differs was, or becomes, another department's or the steward's */
export function requireMayChange(editor: Editor, before: readonly ReleaseFile[], after: readonly ReleaseFile[], configuration: HubConfiguration): void {
  const isIn = (files: readonly ReleaseFile[], { part, path, text }: ReleaseFile): boolean =>
    files.some((file) => file.part === part && file.path === path && file.text === text);
  for (const file of [...before.filter((each) => !isIn(after, each)), ...after.filter((each) => !isIn(before, each))])
    requireMayEdit(editor, file, configuration);
}

/** @throws {HubError} FORBIDDEN_FIELD when the file is another department's, or the steward's */
export function requireMayEdit(editor: Editor, file: ReleaseFile, configuration: HubConfiguration): void {
  if (isSteward(editor)) return;
  const owner = departmentOfFile(file, configuration);
  if (file.part === 'sources' && !namesOnly(file, owner))
    throw new HubError('FORBIDDEN_FIELD', `${file.path} names a department, or a source of another; only a steward may add those`);
  requireOfficerOf(editor, owner, file.path);
}

/** Does a file of sources name sources of this department alone, and no department? */
function namesOnly({ text, path }: ReleaseFile, department: string | undefined): boolean {
  const { root } = parseYaml(text, path);
  const sources = [...(root?.entries.get('sources')?.entries.values() ?? [])];
  return root?.entries.has('departments') !== true && sources.every((source) => source.entries.get('department')?.text === department);
}
