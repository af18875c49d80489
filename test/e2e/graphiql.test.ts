import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareGraphiql } from '../../scripts/graphiql/prepare.ts';
import { writeDemo } from '../helpers/changes.ts';
import { CHROMIUM_FLAGS, findChromium } from '../helpers/chromium.ts';
import { DEMO_CONFIGURATION, demoConfigurationWith, startTestHub, type TestHub } from '../helpers/hub.ts';

const executablePath = findChromium();
/** From the working folder, as `yiwang start` names it. */
const cache = path.relative(process.cwd(), mkdtempSync(path.join(tmpdir(), 'yiwang-graphiql-')));
const BUILD_MS = 120_000;
let hub: TestHub;
let failure: string | undefined;

/** What a department's row or an officer's description may hold. */
const HOSTILE = '<img src=x onerror=document.title=`taken`><script>document.title=`taken`</script>';
const LINK = '[more](javascript:document.title=`taken`)';
const NAME = '智慧城市照明提升工程';

/** hub.yaml of the demo, whose type Project is described by somebody hostile. */
function hostileConfiguration(): string {
  const folder = path.resolve(cache, 'schema');
  cpSync(path.resolve(path.dirname(DEMO_CONFIGURATION), '../schema/unified'), folder, { recursive: true });
  const file = path.join(folder, 'project.graphql');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/^"""\n政府投资/, `"""\nTold by an officer: ${HOSTILE} ${LINK}\n政府投资`));
  const configuration = demoConfigurationWith('');
  cpSync(path.join(path.dirname(DEMO_CONFIGURATION), 'examples'), path.join(path.dirname(configuration), 'examples'), { recursive: true });
  writeFileSync(configuration, readFileSync(configuration, 'utf8').replace(/schema: '[^']*'/, `schema: '${folder}/*.graphql'`));
  return configuration;
}

beforeAll(async () => {
  const graphiql = await prepareGraphiql(cache, (reason) => (failure = reason));
  hub = await startTestHub({
    console: graphiql,
    configurationFile: hostileConfiguration(),
    prepare: (folder) => writeDemo(folder, 'development', `update inv_project set project_name = project_name || '${HOSTILE}' where project_name = '${NAME}'`),
  });
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

  it('is built once, and ready for the next start, whatever another build left in its sources', { timeout: BUILD_MS }, async () => {
    await expect
      .poll(async () => failure ?? (await (await fetch(`${hub.address}/graphiql`)).text()).includes('<div id="graphiql">'), {
        timeout: BUILD_MS,
        interval: 500,
      })
      .toBe(true);
    const left = mkdtempSync(path.resolve(import.meta.dirname, '../../scripts/graphiql/.left-'));
    try {
      expect((await prepareGraphiql(cache, () => undefined)).state()).toBe('ready');
    } finally {
      rmSync(left, { recursive: true });
    }
  });

  it.skipIf(executablePath === undefined)(
    'loads in a browser, runs an example and shows the answer, without a request to anybody else; A60 hostile texts in rows and descriptions stay texts',
    async () => {
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
        // Before the editor has its text there is nothing to execute.
        await page.locator('.graphiql-query-editor .view-line', { hasText: /\w/ }).first().waitFor({ timeout: 60_000 });
        await page.getByRole('button', { name: /execute query/i }).click({ timeout: 60_000 });
        await page.locator('.result-window', { hasText: NAME }).waitFor({ timeout: 60_000 });
        expect(await page.getByRole('tab').count()).toBe(hub.hub.examples.length);
        await meetsHostileTexts(page);
        await followsChanges(page);
        expect({ foreign, faults }).toEqual({ foreign: [], faults: [] });
      } finally {
        await browser.close();
      }
    },
    BUILD_MS * 2,
  );

  /** A60: what a row and a description hold is shown as text; nothing of it becomes a part of the page. */
  async function meetsHostileTexts(page: Page): Promise<void> {
    await page.locator('.result-window', { hasText: 'onerror' }).waitFor({ timeout: 10_000 });
    await page.getByRole('button', { name: /documentation explorer/i }).click();
    for (const type of [/^Query$/, /^Project$/]) await page.locator('.graphiql-doc-explorer-type-name', { hasText: type }).first().click();
    const told = page.locator('.graphiql-doc-explorer', { hasText: 'Told by an officer' });
    await told.waitFor({ timeout: 10_000 });
    expect(await told.innerText()).toContain('onerror');
    expect(await page.title()).not.toContain('taken');
    for (const made of ['img[src="x"]', '[onerror]', 'script:not([src])', 'a[href^="javascript:" i]'])
      expect([made, await page.locator(made).count()]).toEqual([made, 0]);
  }

  /** A subscription's events are shown as they come. */
  async function followsChanges(page: Page): Promise<void> {
    await page.getByRole('button', { name: /new tab/i }).click();
    await page.locator('.graphiql-query-editor .monaco-editor').click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText('subscription Follow { projectChanges { op node { stage name } } }');
    // Until the page has read it, it asks for the operation of the tab before.
    await page.locator('.graphiql-tab', { hasText: 'Follow' }).waitFor({ timeout: 10_000 });
    await page.getByRole('button', { name: /execute query/i }).click();
    let writes = 0;
    const shown = async (): Promise<string> => {
      const name = `改名${++writes}`;
      writeDemo(hub.folder, 'development', `update inv_project set project_name = '${name}' where project_name like '${NAME}%' or project_name like '改名%'`);
      return page.locator('.result-window').innerText();
    };
    await expect.poll(shown, { timeout: 20_000, interval: 1_000 }).toContain('改名');
  }

  it('says that it is absent where it is not installed', async () => {
    await using bare = await startTestHub();
    const response = await fetch(`${bare.address}/graphiql`);
    expect([response.status, (await response.text()).includes('not part of this installation')]).toEqual([404, true]);
  });
});
