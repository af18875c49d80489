import { ERRORS } from '../../schema/errors/register.ts';

/** The page on error codes, from the register that the hub itself uses. */
export function pages(): Record<string, string> {
  const rows = Object.entries(ERRORS).map(
    ([code, { when, remedy, retryable }]) => `| \`${code}\` | ${cell(when)} | ${cell(remedy)} | ${retryable ? 'yes' : 'no'} |`,
  );
  return {
    'docs/reference/errors.md': `<!-- Written by \`npm run docs\` from schema/errors/register.ts; do not edit. -->

# Errors

Every error in a GraphQL answer carries its code in \`extensions.code\`. The message is meant for people and may change; the code does not. Where the table
says that trying again helps, \`extensions.retryAfterMs\` says when, if the hub knows.

| Code | When | What to do | Try again |
| --- | --- | --- | --- |
${rows.join('\n')}
`,
  };
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
