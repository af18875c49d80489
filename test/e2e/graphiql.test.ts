import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareGraphiql } from '../../scripts/graphiql/prepare.ts';
import { CHROMIUM_FLAGS, findChromium } from '../helpers/chromium.ts';
import { startTestHub, type TestHub } from '../helpers/hub.ts';

const executablePath = findChromium();
const cache = mkdtempSync(path.join(tmpdir(), 'yiwang-graphiql-'));
const BUILD_MS = 120_000;
let hub: TestHub;
let failure: string | undefined;

beforeAll(async () => {
  const graphiql = await prepareGraphiql(cache, (reason) => (failure = reason));
  hub = await startTestHub({ console: graphiql });
  graphiql.build();
});
afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  rmSync(cache, { recursive: true, force: true });
});

describe('GraphiQL', () => {
  it('is announced while it is being built, and allows nothing from elsewhere', async () => {
    const response = await fetch(`${hub.address}/graphiql`);
    expect(await response.text()).toContain('GraphiQL is being prepared');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  });

  it.skipIf(executablePath === undefined)(
    'loads in a browser, runs an example and shows the answer, without a request to anybody else',
    async () => {
      await expect
        .poll(async () => failure ?? (await (await fetch(`${hub.address}/graphiql`)).text()).includes('<div id="graphiql">'), {
          timeout: BUILD_MS,
          interval: 500,
        })
        .toBe(true);
      const browser: Browser = await chromium.launch({ executablePath: executablePath ?? '', args: [...CHROMIUM_FLAGS] });
      try {
        const page = await browser.newPage({ viewport: { width: 1400, height: 850 } });
        const foreign: string[] = [];
        const faults: string[] = [];
        page.on('request', (request) => !/^(blob|data):/.test(request.url()) && new URL(request.url()).origin !== hub.address && foreign.push(request.url()));
        page.on('pageerror', (error) => faults.push(error.message));
        page.on('console', (entry) => entry.type() === 'error' && faults.push(entry.text()));
        await page.goto(`${hub.address}/graphql`);
        expect(page.url()).toBe(`${hub.address}/graphiql`);
        await page.getByRole('button', { name: /execute query/i }).click({ timeout: 60_000 });
        await page.locator('.result-window', { hasText: '智慧城市照明提升工程' }).waitFor({ timeout: 60_000 });
        expect(await page.getByRole('tab').count()).toBe(hub.hub.examples.length);
        expect({ foreign, faults }).toEqual({ foreign: [], faults: [] });
      } finally {
        await browser.close();
      }
    },
    BUILD_MS * 2,
  );

  it('says that it is absent where it is not installed', async () => {
    await using bare = await startTestHub();
    const response = await fetch(`${bare.address}/graphiql`);
    expect([response.status, (await response.text()).includes('not part of this installation')]).toEqual([404, true]);
  });
});
