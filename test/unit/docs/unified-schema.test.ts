import { readFileSync } from 'node:fs';
import { Kind, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { expressionProblems } from '../../../federation/expression/check-model.ts';
import { BUILT_IN_SCALARS } from '../../../schema/scalars/built-in.ts';
import { parseSdl } from '../../../schema/parse/sdl.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const page = read('docs/reference/unified-schema.md');
const sdl = [...page.matchAll(/^```graphql\n([^]*?)^```$/gm)].map((match) => match[1] ?? '').join('\n');

describe('docs/reference/unified-schema.md', () => {
  it('shows a schema that has no fault', () => {
    const { model, problems } = parseSdl([{ text: sdl, file: 'unified-schema.md' }]);
    expect(problems).toEqual([]);
    expect(model === undefined ? undefined : expressionProblems(model)).toEqual([]);
  });

  it('explains every directive and every built-in scalar', () => {
    const directives = parse(read('schema/directives.graphql')).definitions.flatMap((each) =>
      each.kind === Kind.DIRECTIVE_DEFINITION ? [`@${each.name.value}`] : [],
    );
    const missing = [...directives, ...BUILT_IN_SCALARS].filter((name) => !page.includes(`\`${name}`) && !page.includes(name));
    expect(missing).toEqual([]);
  });
});
