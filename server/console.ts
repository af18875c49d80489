import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { sendError } from './http-errors.ts';

/** The built GraphiQL. */
export interface ConsoleFiles {
  /** Folder of `index.html` and its assets. */
  readonly folder: string;
  readonly state: () => 'ready' | 'preparing' | 'absent';
}

/** Nothing from elsewhere, and no inline script; the editor sets styles and starts workers of its own. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
};

/** Serves GraphiQL at /graphiql; it shows nothing of the hub, and asks for what its tabs show as any client does. All files come from here: it works without any other host. */
export function addConsole(app: FastifyInstance, files: ConsoleFiles): void {
  app.get('/', (_request, reply) => reply.redirect('/graphiql', 302));
  app.get('/graphiql', async (_request, reply) => {
    const state = files.state();
    if (state !== 'ready') return preparingPage(reply, state);
    return page(reply)
      .type('text/html; charset=utf-8')
      .send(await readFile(path.join(files.folder, 'index.html')));
  });
  app.get<{ Params: { '*': string } }>('/graphiql/*', async (request, reply) => {
    const name = request.params['*'];
    const type = TYPES[path.extname(name)];
    // Built names are flat within `assets/`; anything else is not ours.
    if (type === undefined || !/^(assets\/)?[\w.-]+$/.test(name) || name.includes('..'))
      return sendError(reply, 404, 'BAD_REQUEST', 'There is nothing at this address.');
    try {
      const content = await readFile(path.join(files.folder, name));
      return await reply
        .type(type)
        .header('cache-control', name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
        .send(content);
    } catch {
      return sendError(reply, 404, 'BAD_REQUEST', 'There is nothing at this address.');
    }
  });
}

function page(reply: FastifyReply): FastifyReply {
  return reply.header('content-security-policy', POLICY).header('referrer-policy', 'no-referrer').header('cache-control', 'no-cache');
}

function preparingPage(reply: FastifyReply, state: 'preparing' | 'absent'): FastifyReply {
  const [refresh, text] =
    state === 'preparing'
      ? ['<meta http-equiv="refresh" content="2">', 'GraphiQL is being prepared for its first use; this page reloads by itself.']
      : ['', 'GraphiQL is not part of this installation. GraphQL itself is at <code>/graphql</code>.'];
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8">${refresh}<title>Yiwang 一网</title></head><body><h1>Yiwang 一网</h1><p>${text}</p></body></html>`;
  return page(reply)
    .code(state === 'preparing' ? 200 : 404)
    .type('text/html; charset=utf-8')
    .send(html);
}
