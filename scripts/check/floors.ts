/**
 * The house has floors, and a room imports only from floors below its own, so that a change never spreads upwards. Circles through several
 * folders are faults too, within a room as well. Type imports count: what a type names, its reader must know.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseSync } from 'oxc-parser';
import { projectFiles } from './files.ts';

const FLOORS: Readonly<Record<string, number>> = {
  schema: 1,
  connectors: 2,
  store: 2,
  federation: 3,
  access: 3,
  changes: 4,
  mappings: 4,
  resolvers: 5,
  server: 6,
};
/** Free to import from every room; no room imports from them. `test` may use `scripts`. */
const OUTSIDE = ['scripts', 'test'];
const DIALECTS = ['memory', 'mysql', 'postgres', 'sqlite'];
const REGISTRY = 'connectors/registry.ts';

/** A file's imports of the project's own files, both relative to the project's root. */
export type Imports = ReadonlyMap<string, readonly { readonly to: string; readonly line: number }[]>;

/** One line for each import that climbs the house or closes a cycle. */
export async function floorFaults(root: string): Promise<string[]> {
  const files = (await projectFiles(root)).filter((file) => file.endsWith('.ts'));
  const imports = new Map(await Promise.all(files.map(async (file) => [file, ownImports(file, await readFile(path.join(root, file), 'utf8'))] as const)));
  return faultsOf(imports);
}

export function faultsOf(imports: Imports): string[] {
  const faults: string[] = [];
  for (const [from, targets] of imports) {
    for (const { to, line } of targets) {
      const fault = faultOf(from, to);
      if (fault !== undefined) faults.push(`${from}:${line} imports ${to}: ${fault}`);
    }
  }
  return [...faults, ...cycles(imports).map((cycle) => `cycle: ${cycle.join(' → ')}`)];
}

function faultOf(from: string, to: string): string | undefined {
  const [room, part] = from.split('/') as [string, string | undefined];
  const [targetRoom, targetPart] = to.split('/') as [string, string | undefined];
  if (room === 'test' || !from.includes('/')) return undefined;
  if (room === 'scripts') return targetRoom === 'test' ? 'a script must work without the tests' : undefined;
  if (OUTSIDE.includes(targetRoom)) return `${targetRoom} is not part of the house`;
  if (!to.includes('/')) return 'files at the top are for tools';
  const toDialect = targetRoom === 'connectors' && DIALECTS.includes(targetPart ?? '');
  if (toDialect && !(room === 'connectors' && part === targetPart) && from !== REGISTRY) return `only ${REGISTRY} may name a dialect`;
  if (room === targetRoom) return undefined;
  const floor = FLOORS[room];
  const targetFloor = FLOORS[targetRoom];
  if (floor === undefined || targetFloor === undefined)
    return `the room ${floor === undefined ? room : targetRoom} has no floor; give it one in scripts/check/floors.ts`;
  if (targetFloor < floor) return undefined;
  return `${room} is on floor ${floor}, ${targetRoom} on floor ${targetFloor}, which is not below it`;
}

export function ownImports(file: string, source: string): { to: string; line: number }[] {
  const { module } = parseSync(file, source);
  const specifiers = [
    ...module.staticImports.map((entry) => entry.moduleRequest),
    ...module.staticExports.flatMap((entry) => entry.entries.flatMap(({ moduleRequest }) => (moduleRequest ? [moduleRequest] : []))),
    ...module.dynamicImports.map(({ moduleRequest }) => ({ value: source.slice(moduleRequest.start + 1, moduleRequest.end - 1), start: moduleRequest.start })),
  ];
  return specifiers
    .filter(({ value }) => value.startsWith('.'))
    .map(({ value, start }) => ({ to: path.posix.join(path.posix.dirname(file), value), line: source.slice(0, start).split('\n').length }));
}

/**
 * Imports that lead from one folder to another and back. Within a folder files may import each other in a circle: what evaluates an expression and what
 * evaluates a predicate need each other, as expressions and predicates do.
 */
function cycles(imports: Imports): string[][] {
  const found = new Map<string, string[]>();
  for (const [from, targets] of imports) {
    for (const { to } of targets) {
      if (path.posix.dirname(from) === path.posix.dirname(to)) continue;
      const back = shortestPath(imports, to, from);
      if (back) found.set(back.toSorted().join(), [from, ...back]);
    }
  }
  return [...found.values()];
}

function shortestPath(imports: Imports, from: string, to: string): string[] | undefined {
  const cameFrom = new Map<string, string | undefined>([[from, undefined]]);
  for (const file of cameFrom.keys()) {
    if (file === to) {
      const trail: string[] = [];
      for (let step: string | undefined = file; step !== undefined; step = cameFrom.get(step)) trail.unshift(step);
      return trail;
    }
    for (const next of imports.get(file) ?? []) if (!cameFrom.has(next.to)) cameFrom.set(next.to, file);
  }
  return undefined;
}
