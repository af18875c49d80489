import { Composer, Lexer, Parser, type Document, type LineCounter } from 'yaml';

export const MAX_DEPTH = 40;
export const MAX_SYNTAX_PROBLEMS = 20;

/** Thrown out of the library's recursion when it has found enough. */
class EnoughErrors extends Error {}

/** The documents of a YAML text; undefined when it nests too deeply. Stops at the twentieth error. */
export function composeDocuments(text: string, lines: LineCounter, tooDeep: (offset: number) => void): Document.Parsed[] | undefined {
  const composer = new Composer({ schema: 'failsafe', version: '1.2', uniqueKeys: false, prettyErrors: false, strict: true, logLevel: 'silent' });
  const parser = new Parser(lines.addNewLine);
  const documents: Document.Parsed[] = [];
  lines.addNewLine(0);
  // A hostile file has hundreds of thousands of errors, and making them all takes seconds.
  const report = composer['onError'] as (...error: unknown[]) => void;
  let errors = 0;
  composer['onError'] = (...error: unknown[]): void => {
    report(...error);
    if (++errors >= MAX_SYNTAX_PROBLEMS) throw new EnoughErrors();
  };
  const take = (token: Parameters<Composer['next']>[0]): void => {
    if (token.type === 'error' && ++errors >= MAX_SYNTAX_PROBLEMS) throw new EnoughErrors();
    documents.push(...(composer.next(token) as Iterable<Document.Parsed>));
  };
  try {
    for (const lexeme of new Lexer().lex(text)) {
      for (const token of parser.next(lexeme)) take(token);
      // Before composing, which recurses.
      if (parser.stack.length > MAX_DEPTH + 2) {
        tooDeep(parser.offset);
        return undefined;
      }
    }
    for (const token of parser.end()) take(token);
  } catch (error) {
    if (!(error instanceof EnoughErrors)) throw error;
    composer['onError'] = report;
  }
  documents.push(...(composer.end(true, text.length) as Iterable<Document.Parsed>));
  return documents;
}
