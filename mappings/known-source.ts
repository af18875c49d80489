import type { Federation } from '../federation/supergraph/federation.ts';
import { HubError } from '../schema/errors/hub-error.ts';
import type { SourceConfiguration } from '../schema/model/configuration.ts';
import { suggestion } from '../schema/parse/suggest.ts';

/** A source of hub.yaml or of the live release. @throws {HubError} BAD_USER_INPUT, with the names that could be meant */
export function knownSource(federation: Federation, name: string): SourceConfiguration {
  const { sources } = federation.configuration();
  const known = sources.get(name);
  if (!known) throw new HubError('BAD_USER_INPUT', `there is no source "${name.slice(0, 60)}"; ${suggestion(name, [...sources.keys()])}`);
  return known;
}
