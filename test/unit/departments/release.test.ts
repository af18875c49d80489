import { globSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { buildASTSchema, parse, validate } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { readRelease } from '../../../federation/supergraph/read-release.ts';
import type { ReleaseReading } from '../../../schema/parse/parse-release.ts';
import { everyFeature } from '../../../schema/api/features.ts';
import { hubApi } from '../../../resolvers/hub-api.ts';
import { generateApi } from '../../../schema/api/generate-api.ts';
import { mergeDefinitions } from '../../../schema/api/merge-definitions.ts';
import { printProblem } from '../../../schema/errors/problem.ts';
import type { HubConfiguration } from '../../../schema/model/configuration.ts';
import { parseConfiguration } from '../../../schema/parse/configuration.ts';

const FOLDER = resolve('departments');
const HUB = resolve(FOLDER, 'hub.yaml');

function configure(env: Record<string, string> = {}): HubConfiguration {
  const { configuration, problems } = parseConfiguration(readFileSync(HUB, 'utf8'), HUB, env);
  expect(problems).toEqual([]);
  return configuration!;
}

describe('the release of the four departments', () => {
  let reading: ReleaseReading;
  beforeAll(async () => {
    reading = await readRelease(configure());
  });

  it('has no problem, not even a warning', () => {
    expect(reading.problems.map(printProblem)).toEqual([]);
    expect(reading.release!.mappings.map((mapping) => mapping.source).sort()).toEqual(['audit', 'development', 'finance', 'housing']);
  });

  it('labels every type, field and enum in Chinese and English', () => {
    const { model } = reading.release!;
    const incomplete = [...model.types.values()]
      .flatMap((type) =>
        [type, ...type.fields.values()].map((each) => ({
          name: each === type ? type.name : `${type.name}.${each.name}`,
          label: each.label,
          description: each.description,
        })),
      )
      .filter(({ label, description }) => !label?.zh || !label.en || !/[\u4e00-\u9fff]/.test(description ?? '') || !/[a-z]{2}/.test(description ?? ''))
      .map(({ name }) => name);
    expect(incomplete).toEqual([]);
  });

  it('answers to the selections of its checks and to the example operations', () => {
    const { model, checks } = reading.release!;
    const { document } = generateApi(model, everyFeature(model), { timeZone: 'Asia/Shanghai' });
    // With all rules of the specification, which composing trusts it to meet.
    const schema = buildASTSchema(mergeDefinitions([document, hubApi.document]));
    for (const check of checks) {
      const root = model.types.get(check.subject)!.names.many;
      const operation = `{ ${root} { nodes ${check.select} } }`;
      expect({ check: check.check, errors: validate(schema, parse(operation)).map(String) }).toEqual({ check: check.check, errors: [] });
    }
    const examples = globSync(`${FOLDER}/examples/*.graphql`);
    expect(examples.length).toBeGreaterThan(5);
    for (const file of examples) {
      expect({ file: basename(file), errors: validate(schema, parse(readFileSync(file, 'utf8'))).map(String) }).toEqual({ file: basename(file), errors: [] });
    }
  });

  it('runs on embedded files by default and elsewhere by each source’s variables', () => {
    expect([...configure().sources.values()].map(({ kind, url }) => [kind, basename(url)])).toEqual([
      ['sqlite', 'development.sqlite'],
      ['sqlite', 'finance.sqlite'],
      ['sqlite', 'housing.sqlite'],
      ['sqlite', 'audit.sqlite'],
    ]);
    const { sources } = configure({ FINANCE_KIND: 'mysql', FINANCE_URL: 'mysql://reader@db.example/czgk' });
    expect(sources.get('finance')).toMatchObject({ kind: 'mysql', url: 'mysql://reader@db.example/czgk' });
    expect(sources.get('audit')).toMatchObject({ kind: 'sqlite' });
  });
});
