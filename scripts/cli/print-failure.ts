import { reasonOf } from '../../connectors/reason-of.ts';
import type { HubError } from '../../schema/errors/hub-error.ts';

/** The failure and, of a source that cannot be reached, what the person at the terminal can mend; clients of a hub are not told so much. */
export function printFailure(error: HubError): string {
  const said = `${error.code}: ${error.message}`;
  const reason = error.code === 'SOURCE_UNAVAILABLE' ? reasonOf(error.cause) : undefined;
  return reason === undefined ? said : `${said}; ${reason}`;
}
