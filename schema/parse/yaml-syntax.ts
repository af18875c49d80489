import type { ErrorCode } from 'yaml';

interface Explanation {
  readonly message: string;
  readonly remedy: string;
}

const OTHER: Explanation = { message: 'this is not valid YAML', remedy: 'check the indentation, colons, quotes and brackets here and in the line above' };

/** Own words for every syntax error: the library's would quote the file, which may hold a secret. */
const EXPLANATIONS: Partial<Record<ErrorCode, Explanation>> = {
  ALIAS_PROPS: { message: 'an alias (*name) is not allowed', remedy: 'repeat the value' },
  BAD_ALIAS: { message: 'an anchor or alias has no usable name', remedy: 'quote a text that begins with & or *' },
  BAD_DIRECTIVE: { message: 'directives (%…) are not allowed', remedy: 'remove the line; quote a text that begins with %' },
  BAD_DQ_ESCAPE: { message: 'unknown escape in a double-quoted text', remedy: "write \\\\ for a backslash, or use single quotes '…'" },
  BAD_INDENT: { message: 'the indentation does not fit the lines above', remedy: 'indent keys of one map equally, with blanks' },
  BAD_SCALAR_START: { message: 'an unquoted text may not begin with this character', remedy: 'quote the text' },
  BLOCK_AS_IMPLICIT_KEY: { message: 'a second "key:" stands on one line', remedy: 'put it on a line of its own, or quote a text that holds ": "' },
  BLOCK_IN_FLOW: { message: 'an indented block stands inside { } or [ ]', remedy: 'write the whole of it with brackets, or none of it' },
  KEY_OVER_1024_CHARS: { message: 'a key is longer than 1024 characters', remedy: 'shorten it, or close an open quote or bracket' },
  MISSING_CHAR: {
    message: 'a closing quote or bracket, a comma, a colon or a blank is missing',
    remedy: 'close every quote and bracket and put a comma between the parts; a blank follows every colon',
  },
  MULTILINE_IMPLICIT_KEY: { message: 'a key runs over several lines, or its colon is missing', remedy: 'write "key: value" on one line' },
  MULTIPLE_DOCS: { message: 'the file holds more than one document', remedy: 'remove the line "---" or use two files' },
  TAB_AS_INDENT: { message: 'a tab is used to indent', remedy: 'use blanks' },
  TAG_RESOLVE_FAILED: { message: 'tags (!name) are not allowed', remedy: 'remove the tag; quote a text that begins with !' },
  UNEXPECTED_TOKEN: {
    message: 'something stands here that does not belong to the value before it',
    remedy: 'quote the text (also ${NAME} inside { }), put it on a line of its own, or put a comma between the parts',
  },
};

/** What a YAML syntax error means and how to mend it, without a word of the file's content. */
export function explainSyntax(code: ErrorCode): Explanation {
  return EXPLANATIONS[code] ?? OTHER;
}
