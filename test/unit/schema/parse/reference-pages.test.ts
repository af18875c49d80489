import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../../schema/errors/problem.ts';
import { parseAlertRules } from '../../../../schema/parse/alert-rules.ts';
import { parseChecks } from '../../../../schema/parse/checks.ts';
import { parseConfiguration } from '../../../../schema/parse/configuration.ts';
import { parseMapping } from '../../../../schema/parse/mapping.ts';
import { parsePolicy } from '../../../../schema/parse/policy.ts';
import { parseNormalizers } from '../../../../schema/parse/normalizers.ts';
import { parseYaml, type YamlNode } from '../../../../schema/parse/yaml.ts';

interface Block {
  readonly kind: string;
  readonly line: number;
  readonly text: string;
}

function blocksOf(page: string): Block[] {
  const text = readFileSync(new URL(`../../../../docs/reference/${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```yaml (\w+)\n([^]*?)^```$/gm)].map((match) => ({
    kind: match[1] ?? '',
    text: match[2] ?? '',
    line: text.slice(0, match.index).split('\n').length,
  }));
}

const indent = (text: string, by: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(by));

/** A fragment in the smallest file in which it means something. */
function fileOf({ kind, text }: Block): string {
  if (kind === 'fields') return `source: s\ntypes:\n  Thing:\n    rows: t\n    key: k\n    fields:\n${indent(text, 6)}`;
  if (kind === 'rows') {
    const key = text.includes('grouped:') ? 'xmdm' : 'k';
    return `source: s\ntypes:\n  Thing:\n${indent(text, 4)}    key: ${key}\n    fields: { code: ${key} }\n`;
  }
  if (kind === 'crosswalks') return `source: s\ncrosswalks:\n${indent(text, 2)}`;
  return text;
}

const ENV = { FINANCE_URL: 'mysql://127.0.0.1/finance', HOUSING_URL: 'postgres://127.0.0.1/housing' };

const PARSERS: Readonly<Record<string, (text: string) => readonly Problem[]>> = {
  mapping: (text) => parseMapping(text, 'page').problems,
  fields: (text) => parseMapping(text, 'page').problems,
  rows: (text) => parseMapping(text, 'page').problems,
  crosswalks: (text) => parseMapping(text, 'page').problems,
  normalizers: (text) => parseNormalizers(text, 'page').problems,
  checks: (text) => parseChecks(text, 'page').problems,
  alerts: (text) => parseAlertRules(text, 'page').problems,
  policy: (text) => parsePolicy(text, 'page').problems,
  hub: (text) => parseConfiguration(text, '/hub/hub.yaml', ENV).problems,
};

/** Every key of every map in a tree. */
function keysOf(node: YamlNode | undefined): string[] {
  if (node === undefined) return [];
  return [...[...node.entries].flatMap(([key, child]) => [key, ...keysOf(child)]), ...node.items.flatMap(keysOf)];
}

function propertiesOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === 'properties' ? [...Object.keys(value as object), ...Object.values(value as object).flatMap(propertiesOf)] : propertiesOf(value),
  );
}

describe.each([
  ['mapping.md', ['mapping', 'normalizers', 'checks']],
  ['hub-yaml.md', ['hub']],
  ['alerts.md', ['alerts']],
  ['policy.md', ['policy']],
])('docs/reference/%s', (page, schemas) => {
  const blocks = blocksOf(page);

  it.each(blocks.map((block) => [block.line, block] as const))('the example in line %i parses without a problem', (_line, block) => {
    const parse = PARSERS[block.kind];
    expect(parse?.(fileOf(block))).toEqual([]);
  });

  it.each(schemas)('has an example of every key of %s.schema.json', (name) => {
    const schema: unknown = JSON.parse(readFileSync(new URL(`../../../../schema/json-schema/${name}.schema.json`, import.meta.url), 'utf8'));
    const shown = new Set(blocks.flatMap((block) => keysOf(parseYaml(fileOf(block), 'page').root)));
    expect(propertiesOf(schema).filter((key) => !shown.has(key))).toEqual([]);
  });
});
