/** `npm run docs`: writes the generated pages of `docs/` anew. Every file in `scripts/docs/` exports `pages()`, from path to content. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(import.meta.dirname, 'docs');

for (const file of (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort()) {
  const { pages } = (await import(path.join(folder, file))) as { pages?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>> };
  if (!pages) throw new Error(`scripts/docs/${file} exports no function pages()`);
  for (const [page, content] of Object.entries(await pages())) {
    const target = path.join(root, page);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, content);
    console.log(page);
  }
}
