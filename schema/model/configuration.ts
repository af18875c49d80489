import type { AuthConfiguration } from './auth-configuration.ts';
import type { Role } from './principal.ts';
import type { ReleasePart } from './release.ts';

/** `hub.yaml` after `${VAR}` substitution and checks. Paths are absolute. */
export interface HubConfiguration {
  readonly file: string;
  readonly departments: ReadonlyMap<string, { readonly zh?: string; readonly en?: string }>;
  readonly sources: ReadonlyMap<string, SourceConfiguration>;
  /** Globs of the release's files. */
  readonly release: Readonly<Record<ReleasePart, readonly string[]>>;
  readonly store: { readonly url: string }; // `sqlite:path` or a postgres URL
  readonly timeZone: string; // default Asia/Shanghai
  /** `metricsPort`: a listener of its own on loopback that gives the metrics to whoever asks. */
  readonly server: { readonly host: string; readonly port: number; readonly metricsPort?: number };
  readonly crosswalk: { readonly refreshMs: number };
  readonly changes: ChangeSettings;
  readonly webhooks: WebhookSettings;
  readonly accessLog: AccessLogConfiguration;
  /** `fourEyes`: a draft is published only once somebody who has not edited it agreed. */
  readonly publishing: { readonly fourEyes: boolean };
  /** Absent: nobody can be told apart, and only this machine is answered. */
  readonly auth?: AuthConfiguration;
  readonly agreements: AgreementSettings;
  readonly documents: DocumentSettings;
  /** The API is an Apollo Federation subgraph too. */
  readonly subgraph: boolean;
  readonly limits: Limits;
  /** How a release may name sources of its own; absent: it may not. */
  readonly releaseSources?: ReleaseSourceRules;
  /** Not in the file: how small a table may be and still be worth a try of the first rows. */
  readonly firstRowsFrom?: number;
}

/** Where the access log is kept, and how. */
export interface AccessLogConfiguration {
  readonly folder: string;
  /** A second place, best on another machine, that knows how far the log reached. */
  readonly anchorFolder: string;
  readonly hash: 'sha256' | 'sm3';
  /** A private Ed25519 key in JWK form; absent, one is made and kept in the store. */
  readonly signingKeyFile?: string;
  /** Longest time that a record waits for a signature. */
  readonly checkpointMs: number;
  readonly retentionDays: number;
  /** Most keys of one type that a record names. */
  readonly subjectKeys: number;
}

/** How sharing agreements are decided. */
export interface AgreementSettings {
  /** Working days in which a provider decides on a request. */
  readonly answerWorkdays: number;
  /** Days without work beside Saturdays and Sundays, `YYYY-MM-DD`. */
  readonly holidays: readonly string[];
  /** Saturdays and Sundays that are worked. */
  readonly workdays: readonly string[];
}

/** Which operations are answered. */
export interface DocumentSettings {
  /** Whoever has no other role than these sends only operations that an app has registered. */
  readonly trustedOnly: readonly Role[];
  /** Automatic persisted queries that are kept; 0: there are none. */
  readonly automatic: number;
}

/** Where events may be posted. */
export interface WebhookSettings {
  /** Host names or addresses, with a port where it is not the scheme's own. */
  readonly hosts: readonly string[];
  /** Inner networks that they may be in, as `10.20.0.0/16`; without, only public addresses. */
  readonly networks: readonly string[];
  /** Pauses before each further attempt. */
  readonly retryMs: readonly number[];
  /** How long a registration holds before it must be renewed. */
  readonly validDays: number;
  /** Makes the secrets; without, the hub makes one and keeps it in its store. */
  readonly signingKey?: string;
}

export interface ReleaseSourceRules {
  /** Kinds that there are connectors for. */
  readonly kinds: readonly SourceKind[];
  /** What an operator set under this name, in the environment or as a secret's file. */
  readonly variable: (name: string) => string | undefined;
  /** Names of variables that hub.yaml uses itself: its own store, the addresses of its own sources. */
  readonly taken: ReadonlySet<string>;
}

/** A kind of source that there is a connector for. */
export interface SourceKind {
  readonly name: string;
  /** Products and spellings that mean it too: `flavor` names them, and addresses may begin with them. */
  readonly also: readonly string[];
  /** Has it a `tinyint(1)` that `tinyint1` can speak of? */
  readonly tinyint1: boolean;
}

export interface SourceConfiguration {
  readonly name: string;
  readonly department: string;
  readonly kind: string;
  readonly flavor?: string;
  readonly url: string;
  readonly schemas?: readonly string[];
  /** What `tinyint(1)` columns hold; absent: booleans. */
  readonly tinyint1?: 'integer';
  readonly pool: { readonly max: number; readonly queue: number; readonly acquireMs: number; readonly connectMs: number };
  readonly statementMs: number;
  readonly breaker: BreakerSettings;
  readonly changes: 'log' | 'trigger' | 'poll' | 'none';
}

export interface ChangeSettings {
  /** How long the log keeps a change … */
  readonly retentionHours: number;
  /** … unless its department has more than so many newer ones. */
  readonly retentionEvents: number;
  /** How long events of alerts are kept. */
  readonly alertRetentionDays: number;
  /** Between two looks at a source of `changes: poll`. */
  readonly pollMs: number;
  /** Between two looks at the outbox of a source of `changes: trigger`. */
  readonly triggerMs: number;
  /** What the hub's slots and publications are named by, and who it says it is where it reads a binary log: two hubs that read one database need two. */
  readonly consumer: string;
  /** A NATS server that wakes the other instances; absent: the store does. */
  readonly nats?: string;
}

/** When a source that fails is left alone, and for how long. */
export interface BreakerSettings {
  /** At least so many of a hundred calls failed … */
  readonly failurePercent: number;
  /** … of at least so many calls … */
  readonly minCalls: number;
  /** … within so many milliseconds. */
  readonly windowMs: number;
  /** How long it is left alone before one call asks whether it is back. */
  readonly openMs: number;
}

/** Units in the names; defaults in `spec` order. */
export interface Limits {
  readonly bodyBytes: number;
  readonly tokens: number;
  readonly depth: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
  readonly selections: number;
  readonly cost: number;
  readonly pageDefault: number;
  readonly pageMax: number;
  readonly offsetMax: number;
  readonly inMax: number;
  readonly operationMs: number;
  readonly sourceRowsMax: number;
  readonly responseBytes: number;
  /** Of all. */
  readonly inFlight: number;
  /** Of one principal. */
  readonly requestsPerSecond: number;
  readonly requestsPerMinute: number;
  readonly costPerMinute: number;
  readonly publishesPerMinute: number;
  readonly inFlightPerPrincipal: number;
  /** WebSockets and event streams. */
  readonly connectionsPerPrincipal: number;
  /** Of one address; 0: they are not counted. */
  readonly authFailuresPerMinute: number;
}
