import { HubError } from '../../schema/errors/hub-error.ts';

/** Stands in a row's slot for what a source failed to give; becomes null and an error wherever it is written. */
export class FetchFailure {
  readonly error: HubError;

  constructor(error: unknown) {
    this.error = error instanceof HubError ? error : new HubError('INTERNAL_SERVER_ERROR', 'the hub failed to answer this', { cause: error });
  }
}
