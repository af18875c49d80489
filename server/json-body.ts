import { isUtf8 } from 'node:buffer';
import { errorCodes, type FastifyInstance } from 'fastify';
import { HubError } from '../schema/errors/hub-error.ts';

/** Of a media type's parameters; more than one cannot be meant. */
const OTHER_CHARSET = /;\s*charset\s*=\s*(?!"?utf-8"?\s*(?:;|$))/i;

/** Bodies are JSON in UTF-8, and nothing else: Chinese text in another encoding would be read as other text, which nothing is found by. */
export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (OTHER_CHARSET.test(request.headers['content-type'] ?? '')) done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE());
    else if (isUtf8(body)) void parse(request, body.toString(), done);
    else done(new HubError('BAD_REQUEST', 'The request body is not UTF-8.'));
  });
}
