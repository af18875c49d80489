import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { SourceConfiguration as SourceModel } from '../../schema/model/configuration.ts';
import type { CatalogueType as CatalogueTypeModel, CatalogueField as CatalogueFieldModel } from '../../mappings/catalogue.ts';
import type { DraftRow as DraftModel } from '../../store/drafts-table.ts';
import type { ReleaseRow as ReleaseModel } from '../../store/releases-table.ts';
import type { Alert as AlertModel, AlertEvent as AlertEventModel } from '../../changes/alerts/alert.ts';
import type { AlertRule as AlertRuleModel } from '../../schema/model/alert-rule.ts';
import type { RuleBenchResult as RuleBenchResultModel, RuleBenchPast as RuleBenchPastModel } from '../../changes/alerts/bench/bench-rule.ts';
import type { WebhookRow as WebhookModel } from '../../store/webhook-table.ts';
import type { UnresolvedPart as UnresolvedPartModel } from '../../federation/crosswalk/unresolved.ts';
import type { HubContext } from '../context.ts';
export type Maybe<T> = T | null | undefined;
export type InputMaybe<T> = T | null | undefined;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  Date: { input: string; output: string; }
  DateTime: { input: string; output: string; }
  Decimal: { input: string; output: string; }
  JSON: { input: unknown; output: unknown; }
};

export const AccessDecision = {
  Allowed: 'ALLOWED',
  Refused: 'REFUSED'
} as const;

export type AccessDecision = typeof AccessDecision[keyof typeof AccessDecision];
export type AccessEntity = {
  /** A key of several parts is a JSON list. */
  readonly key: Scalars['String']['input'];
  readonly type: Scalars['String']['input'];
};

export type AccessError = {
  readonly __typename?: 'AccessError';
  readonly code: Scalars['String']['output'];
  readonly count: Scalars['Int']['output'];
};

export const AccessKind = {
  /** The client was gone before the whole answer was written. */
  Abort: 'ABORT',
  /** Events of a subscription left. */
  Delivery: 'DELIVERY',
  /** A subscription ended. */
  End: 'END',
  /** A mutation was about to run. */
  Intent: 'INTENT',
  /** An answer left. */
  Operation: 'OPERATION',
  /** Nothing was answered. */
  Refusal: 'REFUSAL',
  /** A subscription began. */
  Stream: 'STREAM'
} as const;

export type AccessKind = typeof AccessKind[keyof typeof AccessKind];
/** All that is given must hold. */
export type AccessLogFilter = {
  /** Department of whoever asked. */
  readonly consumer?: InputMaybe<Scalars['String']['input']>;
  readonly decision?: InputMaybe<AccessDecision>;
  /** An entity that was shown. */
  readonly entity?: InputMaybe<AccessEntity>;
  /** `Payment`, or `Payment.amount`. */
  readonly field?: InputMaybe<Scalars['String']['input']>;
  /** Inclusive. */
  readonly from?: InputMaybe<Scalars['DateTime']['input']>;
  readonly kind?: InputMaybe<AccessKind>;
  /** Department whose fields were read. */
  readonly provider?: InputMaybe<Scalars['String']['input']>;
  readonly purpose?: InputMaybe<Scalars['String']['input']>;
  /** The requestId of an answer. */
  readonly request?: InputMaybe<Scalars['String']['input']>;
  readonly subject?: InputMaybe<Scalars['String']['input']>;
  /** Exclusive. */
  readonly to?: InputMaybe<Scalars['DateTime']['input']>;
};

export type AccessRead = {
  readonly __typename?: 'AccessRead';
  readonly department: Scalars['String']['output'];
  /** `Type.path` of what was shown, filtered, ordered, grouped or measured by. */
  readonly fields: ReadonlyArray<Scalars['String']['output']>;
  /** Those that were shown masked. */
  readonly masked: ReadonlyArray<Scalars['String']['output']>;
  /** That the source's statements returned. */
  readonly rows: Scalars['Int']['output'];
  readonly source: Scalars['String']['output'];
};

export type AccessRecord = {
  readonly __typename?: 'AccessRecord';
  readonly at: Scalars['DateTime']['output'];
  /** With `seq`, the place of the record in the log. */
  readonly chain: Scalars['String']['output'];
  /** How many refusals alike this one record stands for, or events of a delivery. */
  readonly count?: Maybe<Scalars['Int']['output']>;
  readonly decision: AccessDecision;
  readonly department?: Maybe<Scalars['String']['output']>;
  readonly errors: ReadonlyArray<AccessError>;
  readonly explain: Scalars['Boolean']['output'];
  readonly generation?: Maybe<Scalars['Int']['output']>;
  readonly kind: AccessKind;
  readonly ms?: Maybe<Scalars['Float']['output']>;
  /** SHA-256 of the document. */
  readonly operationHash?: Maybe<Scalars['String']['output']>;
  readonly operationName?: Maybe<Scalars['String']['output']>;
  readonly operationType?: Maybe<Scalars['String']['output']>;
  /** The hub's own root fields that were asked for. */
  readonly own: ReadonlyArray<Scalars['String']['output']>;
  /** Where a request came from that nobody's identity stood behind. */
  readonly peer?: Maybe<Scalars['String']['output']>;
  readonly purpose?: Maybe<Scalars['String']['output']>;
  readonly reads: ReadonlyArray<AccessRead>;
  readonly release?: Maybe<Scalars['Int']['output']>;
  readonly request: Scalars['String']['output'];
  readonly roles: ReadonlyArray<Scalars['String']['output']>;
  readonly seq: Scalars['Int']['output'];
  readonly subject: Scalars['String']['output'];
  /** How many entities of each type were shown. */
  readonly subjects: ReadonlyArray<AccessSubjects>;
};

export type AccessRecordConnection = {
  readonly __typename?: 'AccessRecordConnection';
  readonly edges: ReadonlyArray<AccessRecordEdge>;
  readonly nodes: ReadonlyArray<AccessRecord>;
  /** A page may hold fewer records than asked for and still have a next one: it looks at 50,000 records at most. */
  readonly pageInfo: PageInfo;
};

export type AccessRecordEdge = {
  readonly __typename?: 'AccessRecordEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: AccessRecord;
};

export type AccessSubjects = {
  readonly __typename?: 'AccessSubjects';
  readonly count: Scalars['Int']['output'];
  readonly type: Scalars['String']['output'];
};

/** 共享协议 What one department lets another read of one type, for a purpose and a time. */
export type Agreement = {
  readonly __typename?: 'Agreement';
  readonly consumer: Scalars['String']['output'];
  readonly decidedAt?: Maybe<Scalars['DateTime']['output']>;
  readonly decidedBy?: Maybe<Scalars['String']['output']>;
  /** The last working day on which the provider may decide. */
  readonly dueOn: Scalars['Date']['output'];
  readonly fields: ReadonlyArray<Scalars['String']['output']>;
  readonly id: Scalars['ID']['output'];
  readonly legalBasis: Scalars['String']['output'];
  readonly note?: Maybe<Scalars['String']['output']>;
  /** At most so many operations in a day, of all who ask under it; null: as many as they like. */
  readonly operationsPerDay?: Maybe<Scalars['Int']['output']>;
  readonly provider: Scalars['String']['output'];
  /** Whoever states this purpose, in the header x-purpose or in a token, has the agreement's rights. */
  readonly purpose: Scalars['String']['output'];
  readonly requestedAt: Scalars['DateTime']['output'];
  readonly requestedBy: Scalars['String']['output'];
  /** Only rows that meet this; null: all. */
  readonly rows?: Maybe<Scalars['JSON']['output']>;
  /** At most so many entities of the type shown in a day; null: as many as they like. */
  readonly rowsPerDay?: Maybe<Scalars['Int']['output']>;
  readonly state: AgreementState;
  readonly type: Scalars['String']['output'];
  readonly validFrom?: Maybe<Scalars['DateTime']['output']>;
  readonly validTo?: Maybe<Scalars['DateTime']['output']>;
  readonly withdrawalNote?: Maybe<Scalars['String']['output']>;
  readonly withdrawnAt?: Maybe<Scalars['DateTime']['output']>;
  readonly withdrawnBy?: Maybe<Scalars['String']['output']>;
};

export type AgreementRequestInput = {
  readonly fields: ReadonlyArray<Scalars['String']['input']>;
  readonly legalBasis: Scalars['String']['input'];
  readonly purpose: Scalars['String']['input'];
  /** A condition in the type's `where` language; default: all rows. */
  readonly rows?: InputMaybe<Scalars['JSON']['input']>;
  readonly type: Scalars['String']['input'];
};

export const AgreementState = {
  Expired: 'EXPIRED',
  /** Granted for a time that has not begun. */
  Granted: 'GRANTED',
  InForce: 'IN_FORCE',
  /** Requested, and not decided in time. */
  Overdue: 'OVERDUE',
  Refused: 'REFUSED',
  Requested: 'REQUESTED',
  Withdrawn: 'WITHDRAWN'
} as const;

export type AgreementState = typeof AgreementState[keyof typeof AgreementState];
/** 预警 What a rule found about an entity, from when its condition began to hold until it ended. */
export type Alert = {
  readonly __typename?: 'Alert';
  readonly acknowledgement?: Maybe<AlertAcknowledgement>;
  /** Where the values came from when it fired. Null where you may not see all of it. */
  readonly evidence?: Maybe<AlertEvidence>;
  /** Null while it has not fired. */
  readonly firedAt?: Maybe<Scalars['DateTime']['output']>;
  readonly id: Scalars['ID']['output'];
  /** You may not see all that the rule reads: some of its values, what it shows and its evidence are missing. */
  readonly redacted: Scalars['Boolean']['output'];
  readonly resolvedAt?: Maybe<Scalars['DateTime']['output']>;
  readonly rule: Scalars['String']['output'];
  readonly severity: Severity;
  /** Since when the condition has held. */
  readonly since: Scalars['DateTime']['output'];
  readonly state: AlertState;
  readonly subject: AlertSubject;
  readonly title: Scalars['String']['output'];
  readonly titleEn: Scalars['String']['output'];
  /** What the rule says should be shown. Null where you may not see all of it. */
  readonly value?: Maybe<Scalars['JSON']['output']>;
  /** What the rule's selection gives, by response key: now while it fires, at the end afterwards. Without what you may not see. */
  readonly values: Scalars['JSON']['output'];
};

export type AlertAcknowledgement = {
  readonly __typename?: 'AlertAcknowledgement';
  readonly at: Scalars['DateTime']['output'];
  readonly by: Scalars['String']['output'];
  readonly note?: Maybe<Scalars['String']['output']>;
};

export type AlertCause = {
  readonly __typename?: 'AlertCause';
  readonly changedFields: ReadonlyArray<Scalars['String']['output']>;
  readonly department: Scalars['String']['output'];
  /** Of the change in the hub's log. */
  readonly id: Scalars['String']['output'];
  readonly op: Scalars['String']['output'];
  readonly rowKey: Scalars['String']['output'];
  readonly type: Scalars['String']['output'];
};

export type AlertConnection = {
  readonly __typename?: 'AlertConnection';
  readonly edges: ReadonlyArray<AlertEdge>;
  readonly nodes: ReadonlyArray<Alert>;
  readonly pageInfo: PageInfo;
  /** Over all pages; null where rows are hidden from you. */
  readonly totalCount?: Maybe<Scalars['Int']['output']>;
};

export type AlertDependency = {
  readonly __typename?: 'AlertDependency';
  readonly department: Scalars['String']['output'];
  /** Fields of which a change matters; rows that come or go matter anyway. */
  readonly fields: ReadonlyArray<Scalars['String']['output']>;
  /** From the subject; empty for the subject itself. */
  readonly path: Scalars['String']['output'];
  readonly source: Scalars['String']['output'];
  readonly type: Scalars['String']['output'];
};

export type AlertEdge = {
  readonly __typename?: 'AlertEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: Alert;
};

/** One event: what happened, and the alert after it. */
export type AlertEvent = {
  readonly __typename?: 'AlertEvent';
  readonly alert: Alert;
  readonly at: Scalars['DateTime']['output'];
  /** Resumes strictly after this event. */
  readonly cursor: Scalars['String']['output'];
  readonly evidence?: Maybe<AlertEvidence>;
  readonly rule: Scalars['String']['output'];
  readonly severity: Severity;
  readonly state: AlertEventState;
  readonly subject: AlertSubject;
  readonly title: Scalars['String']['output'];
  readonly titleEn: Scalars['String']['output'];
  readonly value?: Maybe<Scalars['JSON']['output']>;
  readonly values: Scalars['JSON']['output'];
};

export const AlertEventState = {
  /** Somebody has seen it. */
  Acknowledged: 'ACKNOWLEDGED',
  Firing: 'FIRING',
  Pending: 'PENDING',
  /** The condition is over. Of an alert that never fired this is said only to those who asked for PENDING. */
  Resolved: 'RESOLVED'
} as const;

export type AlertEventState = typeof AlertEventState[keyof typeof AlertEventState];
/** 来源证据 Source rows that the values were read from. */
export type AlertEvidence = {
  readonly __typename?: 'AlertEvidence';
  /** The changes that made the hub look, the first five; none where the clock, the crosswalk or a publication did. */
  readonly causes: ReadonlyArray<AlertCause>;
  /** Version of the release whose mappings read them. */
  readonly mappingVersion: Scalars['Int']['output'];
  /** Relations of which not all rows are listed. */
  readonly more: ReadonlyArray<AlertEvidenceMore>;
  readonly observedAt: Scalars['DateTime']['output'];
  readonly rows: ReadonlyArray<AlertEvidenceRow>;
};

export type AlertEvidenceMore = {
  readonly __typename?: 'AlertEvidenceMore';
  readonly listed: Scalars['Int']['output'];
  readonly path: Scalars['String']['output'];
  readonly total: Scalars['Int']['output'];
};

export type AlertEvidenceRow = {
  readonly __typename?: 'AlertEvidenceRow';
  readonly department: Scalars['String']['output'];
  /** The source's own key of the row. */
  readonly key: Scalars['String']['output'];
  /** From the subject, e.g. `contracts.payments`; empty for the subject itself. */
  readonly path: Scalars['String']['output'];
  readonly source: Scalars['String']['output'];
  readonly table: Scalars['String']['output'];
  readonly type: Scalars['String']['output'];
};

export type AlertRule = {
  readonly __typename?: 'AlertRule';
  /** Departments whose data it reads. */
  readonly departments: ReadonlyArray<Scalars['String']['output']>;
  /** Which changes make the hub evaluate it again. */
  readonly dependencies: ReadonlyArray<AlertDependency>;
  /** Evaluated without a change: `day`, or every so many milliseconds. */
  readonly every?: Maybe<Scalars['String']['output']>;
  /** How long the condition must hold before the alert fires, in milliseconds. */
  readonly forMs: Scalars['Float']['output'];
  /** Where it stands in the release. */
  readonly place: Scalars['String']['output'];
  readonly resolve?: Maybe<Scalars['String']['output']>;
  readonly rule: Scalars['String']['output'];
  readonly select: Scalars['String']['output'];
  readonly severity: Severity;
  readonly subject: Scalars['String']['output'];
  readonly title: Scalars['String']['output'];
  readonly titleEn: Scalars['String']['output'];
  readonly value?: Maybe<Scalars['String']['output']>;
  readonly when: Scalars['String']['output'];
};

export type AlertRuleFinding = {
  readonly __typename?: 'AlertRuleFinding';
  readonly subject: AlertSubject;
  readonly value?: Maybe<Scalars['JSON']['output']>;
  readonly values: Scalars['JSON']['output'];
};

export type AlertRulePast = {
  readonly __typename?: 'AlertRulePast';
  /** Changes of that time, and those that the rule reads. */
  readonly changes: Scalars['Int']['output'];
  readonly elapsedMs: Scalars['Int']['output'];
  readonly eventCount: Scalars['Int']['output'];
  /** The alert as it would have fired and ended, in order. `for` is not waited for, and what held before the first change is not told. */
  readonly events: ReadonlyArray<AlertRulePastEvent>;
  readonly relevant: Scalars['Int']['output'];
  /** When the first change was committed that was looked at. */
  readonly since?: Maybe<Scalars['DateTime']['output']>;
  readonly subjects: Scalars['Int']['output'];
};


export type AlertRulePastEventsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type AlertRulePastEvent = {
  readonly __typename?: 'AlertRulePastEvent';
  readonly at: Scalars['DateTime']['output'];
  /** `department type row` */
  readonly cause: Scalars['String']['output'];
  readonly state: AlertState;
  readonly subject: AlertSubject;
  readonly value?: Maybe<Scalars['JSON']['output']>;
  readonly values: Scalars['JSON']['output'];
};

export type AlertRuleProblem = {
  readonly __typename?: 'AlertRuleProblem';
  readonly column: Scalars['Int']['output'];
  readonly line: Scalars['Int']['output'];
  readonly message: Scalars['String']['output'];
  readonly remedy: Scalars['String']['output'];
};

export type AlertRuleTest = {
  readonly __typename?: 'AlertRuleTest';
  /** What is wrong with the text; nothing is run when any is an error. */
  readonly problems: ReadonlyArray<AlertRuleProblem>;
  readonly results: ReadonlyArray<AlertRuleTestResult>;
};

export type AlertRuleTestResult = {
  readonly __typename?: 'AlertRuleTestResult';
  readonly elapsedMs: Scalars['Int']['output'];
  /** Subjects of which a department that failed let nothing be said. */
  readonly failed: Scalars['Int']['output'];
  readonly firing: ReadonlyArray<AlertRuleFinding>;
  /** Those of which the condition holds today. */
  readonly firingCount: Scalars['Int']['output'];
  /** What the rule would have said of the changes of the last days; null when none were asked for. */
  readonly past?: Maybe<AlertRulePast>;
  readonly rule: AlertRule;
  /** Subjects that were evaluated on today's data. */
  readonly subjects: Scalars['Int']['output'];
};


export type AlertRuleTestResultFiringArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};

export const AlertState = {
  Firing: 'FIRING',
  /** The condition holds, but not yet for as long as the rule asks. */
  Pending: 'PENDING',
  Resolved: 'RESOLVED'
} as const;

export type AlertState = typeof AlertState[keyof typeof AlertState];
export type AlertSubject = {
  readonly __typename?: 'AlertSubject';
  /** The key as text; several parts are joined by a space. */
  readonly code: Scalars['String']['output'];
  /** For `node`, which knows entities alone. */
  readonly id: Scalars['ID']['output'];
  /** Its key, one value for each key field. */
  readonly key: Scalars['JSON']['output'];
  /** What people call it, where its type has a name. */
  readonly name?: Maybe<Scalars['String']['output']>;
  /** The entity's type; `Source`, with its name as the key, where `hub:changes-lost` says that a source lost changes. */
  readonly type: Scalars['String']['output'];
};

export const CaptureState = {
  /** It cannot be reached; tried again and again. */
  Down: 'DOWN',
  Live: 'LIVE',
  /** Its database does not let the hub read changes; the message says what is missing. */
  Refused: 'REFUSED',
  /** All rows are being read. */
  Snapshot: 'SNAPSHOT',
  /** No instance reads it at the moment. */
  Starting: 'STARTING'
} as const;

export type CaptureState = typeof CaptureState[keyof typeof CaptureState];
export type CatalogueField = {
  readonly __typename?: 'CatalogueField';
  /** Whose value counts. */
  readonly authority?: Maybe<Scalars['String']['output']>;
  /** How it is made of other fields, where it is. */
  readonly derivation?: Maybe<Scalars['String']['output']>;
  readonly description?: Maybe<Scalars['String']['output']>;
  readonly label?: Maybe<Scalars['JSON']['output']>;
  /** Field ← transform ← column, for each source that gives it. */
  readonly lineage: ReadonlyArray<FieldLineage>;
  readonly name: Scalars['String']['output'];
  readonly personal?: Maybe<Scalars['String']['output']>;
  /** Sharing class and grade. */
  readonly sharing?: Maybe<Scalars['JSON']['output']>;
  readonly type: Scalars['String']['output'];
  readonly unit?: Maybe<Scalars['String']['output']>;
  /** Operations that this instance was asked since it started, and how often. */
  readonly usedBy: ReadonlyArray<FieldUsage>;
};

export type CatalogueType = {
  readonly __typename?: 'CatalogueType';
  readonly authority?: Maybe<Scalars['String']['output']>;
  readonly description?: Maybe<Scalars['String']['output']>;
  readonly fields: ReadonlyArray<CatalogueField>;
  readonly label?: Maybe<Scalars['JSON']['output']>;
  readonly name: Scalars['String']['output'];
  /** 质量 How good the values of its fields are, over the first rows by key of each source. At most 1000. */
  readonly quality: ReadonlyArray<FieldRates>;
};


export type CatalogueTypeQualityArgs = {
  sample?: InputMaybe<Scalars['Int']['input']>;
};

export type ChangeCapture = {
  readonly __typename?: 'ChangeCapture';
  /** When the newest change was committed. */
  readonly committedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Every committed change is told; otherwise only how rows differ between two looks. */
  readonly everyChange: Scalars['Boolean']['output'];
  /** When the source was last heard of, be it that nothing had happened. */
  readonly heardAt?: Maybe<Scalars['DateTime']['output']>;
  /** From its commit until it was in the log, in milliseconds. */
  readonly lagMs?: Maybe<Scalars['Float']['output']>;
  /** 缺口 When changes were last lost (EVENT_GAP); all tables are then read anew, and what differs is told. */
  readonly lastGap?: Maybe<ChangeGap>;
  /** Why it is not LIVE, and what its department has to do. */
  readonly message?: Maybe<Scalars['String']['output']>;
  readonly mode: ChangeMode;
  readonly state: CaptureState;
  /** Changes of one transaction of the source are told as one. */
  readonly transactions: Scalars['Boolean']['output'];
};

/** A named subscriber of yours, whose place the hub remembers. */
export type ChangeConsumer = {
  readonly __typename?: 'ChangeConsumer';
  readonly consumer: Scalars['String']['output'];
  /** Where it stands now. */
  readonly cursor: Scalars['String']['output'];
};

export type ChangeGap = {
  readonly __typename?: 'ChangeGap';
  readonly at: Scalars['DateTime']['output'];
  /** When all tables had been read anew; null while that goes on. */
  readonly healedAt?: Maybe<Scalars['DateTime']['output']>;
  readonly reason: Scalars['String']['output'];
};

export const ChangeLevel = {
  /** What was asked for is no longer there. */
  Breaking: 'BREAKING',
  /** The same question may be answered otherwise. */
  Dangerous: 'DANGEROUS',
  Safe: 'SAFE'
} as const;

export type ChangeLevel = typeof ChangeLevel[keyof typeof ChangeLevel];
export const ChangeMode = {
  /** The database's own log. */
  Log: 'LOG',
  /** All rows, again and again. */
  Poll: 'POLL',
  /** An outbox that triggers fill. */
  Trigger: 'TRIGGER'
} as const;

export type ChangeMode = typeof ChangeMode[keyof typeof ChangeMode];
/** 核验结果 The outcome of one check of one entity. */
export type CheckResult = {
  readonly __typename?: 'CheckResult';
  readonly code: Scalars['String']['output'];
  /** Departments whose data it rests on. */
  readonly departments: ReadonlyArray<Scalars['String']['output']>;
  readonly evaluatedAt: Scalars['DateTime']['output'];
  readonly failed: Scalars['Boolean']['output'];
  readonly severity: Severity;
  readonly title: Scalars['String']['output'];
  readonly value?: Maybe<Scalars['JSON']['output']>;
};

export type ColumnProfile = {
  readonly __typename?: 'ColumnProfile';
  readonly comment?: Maybe<Scalars['String']['output']>;
  readonly distinct: Scalars['Int']['output'];
  readonly max?: Maybe<Scalars['JSON']['output']>;
  readonly min?: Maybe<Scalars['JSON']['output']>;
  readonly name: Scalars['String']['output'];
  readonly nulls: Scalars['Int']['output'];
  /** Shapes of the values, most frequent first: digits as 9, letters as A, Chinese characters as 汉. */
  readonly patterns: ReadonlyArray<Scalars['String']['output']>;
  /** What it seems to hold of persons: `ID_NUMBER`, `PHONE`, `BANK_CARD` or `NAME`. */
  readonly personal?: Maybe<Scalars['String']['output']>;
  readonly samples: ReadonlyArray<Scalars['JSON']['output']>;
  readonly type: Scalars['String']['output'];
};

export type Coverage = {
  readonly __typename?: 'Coverage';
  readonly columns: Scalars['Int']['output'];
  readonly mappedColumns: Scalars['Int']['output'];
  readonly mappedTables: Scalars['Int']['output'];
  readonly tables: Scalars['Int']['output'];
  /** Tables with columns that no mapping uses. */
  readonly unmapped: ReadonlyArray<UnmappedColumns>;
};

export type CrosswalkConnection = {
  readonly __typename?: 'CrosswalkConnection';
  readonly edges: ReadonlyArray<CrosswalkEdge>;
  readonly nodes: ReadonlyArray<CrosswalkItem>;
  readonly pageInfo: PageInfo;
  /** Over all pages. */
  readonly totalCount: Scalars['Int']['output'];
};

export type CrosswalkEdge = {
  readonly __typename?: 'CrosswalkEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: CrosswalkItem;
};

export type CrosswalkItem = {
  readonly __typename?: 'CrosswalkItem';
  readonly entity: Scalars['String']['output'];
  /** What the source says of it: unified field → value. */
  readonly evidence: Scalars['JSON']['output'];
  /** The key as this source uses it. */
  readonly localKey: Scalars['String']['output'];
  /** The entity's key as this source wrote it beside its own; null when blank. */
  readonly raw?: Maybe<Scalars['String']['output']>;
  /** Keys that an officer rejected for it. */
  readonly rejected: ReadonlyArray<Scalars['String']['output']>;
  readonly source: Scalars['String']['output'];
  readonly state: CrosswalkState;
  /** Existing entities that it may stand for, best first. */
  readonly suggestions: ReadonlyArray<CrosswalkSuggestion>;
  /** Keys that the source names, but that its authority does not have. */
  readonly unknown: ReadonlyArray<Scalars['String']['output']>;
};

/** What a source's key stands for now. */
export type CrosswalkKey = {
  readonly __typename?: 'CrosswalkKey';
  /** Existing entities, ascending; empty while unresolved. */
  readonly canonicalKeys: ReadonlyArray<Scalars['String']['output']>;
  readonly entity: Scalars['String']['output'];
  readonly localKey: Scalars['String']['output'];
  readonly source: Scalars['String']['output'];
};

export type CrosswalkPairInput = {
  readonly canonicalKey: Scalars['String']['input'];
  readonly entity: Scalars['String']['input'];
  readonly localKey: Scalars['String']['input'];
  readonly source: Scalars['String']['input'];
};

export type CrosswalkRefresh = {
  readonly __typename?: 'CrosswalkRefresh';
  readonly changed?: Maybe<Scalars['Boolean']['output']>;
  /** Why not, as an error code. */
  readonly code?: Maybe<Scalars['String']['output']>;
  readonly elapsedMs: Scalars['Int']['output'];
  readonly entity: Scalars['String']['output'];
  readonly ok: Scalars['Boolean']['output'];
  readonly rows?: Maybe<Scalars['Int']['output']>;
  readonly source: Scalars['String']['output'];
};

export const CrosswalkState = {
  /** At least one existing entity is suggested. */
  Candidate: 'CANDIDATE',
  Unmatched: 'UNMATCHED'
} as const;

export type CrosswalkState = typeof CrosswalkState[keyof typeof CrosswalkState];
export type CrosswalkSuggestion = {
  readonly __typename?: 'CrosswalkSuggestion';
  readonly canonicalKey: Scalars['String']['output'];
  /** Unified field → the authority's value and how alike the two are. */
  readonly compared: Scalars['JSON']['output'];
  /** `unconfirmed` or `expired` in the source, or found by `evidence`. */
  readonly reason: Scalars['String']['output'];
  /** 0…1; null when not compared. */
  readonly score?: Maybe<Scalars['Float']['output']>;
};

/** A stored value that has no canonical form. */
export type DataIssue = {
  readonly __typename?: 'DataIssue';
  readonly code: Scalars['String']['output'];
  readonly field: Scalars['String']['output'];
  /** Key of the source row; null where you may not see the columns of the key. */
  readonly key?: Maybe<Scalars['String']['output']>;
  readonly rawValue?: Maybe<Scalars['String']['output']>;
  readonly source: Scalars['String']['output'];
  readonly type: Scalars['String']['output'];
};

export type DataIssueConnection = {
  readonly __typename?: 'DataIssueConnection';
  /** False when a source has more rows than may be read for one operation: the issues of the others are not counted. */
  readonly complete: Scalars['Boolean']['output'];
  /** By source, field and code. */
  readonly counts: ReadonlyArray<DataIssueCount>;
  readonly edges: ReadonlyArray<DataIssueEdge>;
  readonly nodes: ReadonlyArray<DataIssue>;
  readonly pageInfo: PageInfo;
  readonly rowsScanned: Scalars['Int']['output'];
  /** Issues found that fit the filter. */
  readonly totalCount: Scalars['Int']['output'];
};

export type DataIssueCount = {
  readonly __typename?: 'DataIssueCount';
  readonly code: Scalars['String']['output'];
  readonly count: Scalars['Int']['output'];
  readonly field: Scalars['String']['output'];
  readonly source: Scalars['String']['output'];
};

export type DataIssueEdge = {
  readonly __typename?: 'DataIssueEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: DataIssue;
};

/** A day or time becomes the first day of the period it lies in. */
export const DateTruncation = {
  Day: 'DAY',
  Month: 'MONTH',
  Quarter: 'QUARTER',
  Year: 'YEAR'
} as const;

export type DateTruncation = typeof DateTruncation[keyof typeof DateTruncation];
export type DeadLetter = {
  readonly __typename?: 'DeadLetter';
  readonly at: Scalars['DateTime']['output'];
  readonly attempts: Scalars['Int']['output'];
  /** Null to those whose rights are others than the webhook's: they may not see what is in it. */
  readonly body?: Maybe<Scalars['String']['output']>;
  /** The header `webhook-id`, the same in every attempt. */
  readonly event: Scalars['String']['output'];
  readonly id: Scalars['ID']['output'];
  readonly problem: Scalars['String']['output'];
};

export type DeniedIdentity = {
  readonly __typename?: 'DeniedIdentity';
  readonly at: Scalars['DateTime']['output'];
  readonly by: Scalars['String']['output'];
  readonly kind: DeniedKind;
  readonly value: Scalars['String']['output'];
  readonly why: Scalars['String']['output'];
};

export const DeniedKind = {
  /** A token's `kid`. */
  Key: 'KEY',
  /** A token's `sub`. */
  Subject: 'SUBJECT',
  /** A token's `jti`. */
  Token: 'TOKEN'
} as const;

export type DeniedKind = typeof DeniedKind[keyof typeof DeniedKind];
export type Department = {
  readonly __typename?: 'Department';
  readonly en?: Maybe<Scalars['String']['output']>;
  readonly name: Scalars['String']['output'];
  readonly zh?: Maybe<Scalars['String']['output']>;
};

/** What one department says about a field. */
export type DepartmentValue = {
  readonly __typename?: 'DepartmentValue';
  readonly department: Scalars['String']['output'];
  readonly source: Scalars['String']['output'];
  readonly value?: Maybe<Scalars['JSON']['output']>;
};

export type Draft = {
  readonly __typename?: 'Draft';
  readonly approvedBy?: Maybe<Scalars['String']['output']>;
  /** The release that it changes. */
  readonly base: Scalars['Int']['output'];
  readonly by: Scalars['String']['output'];
  /** Only what it changes, against its base. */
  readonly changes: ReadonlyArray<ReleaseFileChange>;
  /** 比较 What changes against what is live, and for whom. */
  readonly comparison: DraftComparison;
  readonly createdAt: Scalars['DateTime']['output'];
  /** Whose files it changes; null: a steward's, that may change any. */
  readonly department?: Maybe<Scalars['String']['output']>;
  readonly editors: ReadonlyArray<Scalars['String']['output']>;
  /** All files as they would be published. */
  readonly files: ReadonlyArray<ReleaseFile>;
  readonly id: Scalars['Int']['output'];
  /** 试验 What apps have registered and what this instance was asked most, asked of the draft: errors, values that differ, time. Nothing is switched. */
  readonly lab: ReadonlyArray<LabTrial>;
  /** 预览 Rows as the graph would return them, beside the source's own. At most 100. */
  readonly preview: ReadonlyArray<DraftPreview>;
  readonly revision: Scalars['Int']['output'];
  readonly state: DraftState;
  readonly title: Scalars['String']['output'];
  readonly updatedAt: Scalars['DateTime']['output'];
  /** 校验 Every error at once. Reads `sample` rows of each type whose meaning changes, at most 1000. */
  readonly validation: DraftValidation;
};


export type DraftLabArgs = {
  operations?: InputMaybe<Scalars['Int']['input']>;
};


export type DraftPreviewArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  source?: InputMaybe<Scalars['String']['input']>;
  type: Scalars['String']['input'];
};


export type DraftValidationArgs = {
  sample?: InputMaybe<Scalars['Int']['input']>;
};

export type DraftComparison = {
  readonly __typename?: 'DraftComparison';
  /** Worst first. */
  readonly changes: ReadonlyArray<DraftMeaningChange>;
  /** Who asks for what changes. */
  readonly impacts: ReadonlyArray<DraftImpact>;
};

export type DraftFileInput = {
  readonly part: ReleasePart;
  /** Where hub.yaml has files of this part, relative to it. */
  readonly path: Scalars['String']['input'];
  /** Null takes the file out. */
  readonly text?: InputMaybe<Scalars['String']['input']>;
};

export type DraftImpact = {
  readonly __typename?: 'DraftImpact';
  readonly breaks: ReadonlyArray<Scalars['String']['output']>;
  /** `document`, `check`, `rule`, `subscription`, `operation` or `example`. */
  readonly kind: Scalars['String']['output'];
  readonly name: Scalars['String']['output'];
  readonly touches: ReadonlyArray<Scalars['String']['output']>;
};

export type DraftMeaningChange = {
  readonly __typename?: 'DraftMeaningChange';
  readonly level: ChangeLevel;
  readonly message: Scalars['String']['output'];
  /** `schema`, `mapping`, `normalizer`, `check`, `rule` or `policy`. */
  readonly of: Scalars['String']['output'];
  readonly path: Scalars['String']['output'];
  readonly source?: Maybe<Scalars['String']['output']>;
};

export type DraftPreview = {
  readonly __typename?: 'DraftPreview';
  /** 质量 Of these rows. */
  readonly quality: ReadonlyArray<FieldQuality>;
  readonly rows: ReadonlyArray<DraftPreviewRow>;
  readonly source: Scalars['String']['output'];
  readonly type: Scalars['String']['output'];
};

export type DraftPreviewIssue = {
  readonly __typename?: 'DraftPreviewIssue';
  readonly code: Scalars['String']['output'];
  readonly field: Scalars['String']['output'];
  readonly rawValue: Scalars['String']['output'];
};

export type DraftPreviewRow = {
  readonly __typename?: 'DraftPreviewRow';
  readonly issues: ReadonlyArray<DraftPreviewIssue>;
  readonly key: Scalars['String']['output'];
  /** Column → value as the source gives it. */
  readonly raw: Scalars['JSON']['output'];
  /** Field → value as the graph returns it. */
  readonly unified: Scalars['JSON']['output'];
};

export type DraftProblem = {
  readonly __typename?: 'DraftProblem';
  readonly column: Scalars['Int']['output'];
  readonly file: Scalars['String']['output'];
  readonly line: Scalars['Int']['output'];
  readonly message: Scalars['String']['output'];
  /** The way out. */
  readonly remedy: Scalars['String']['output'];
  readonly severity: DraftProblemSeverity;
};

export const DraftProblemSeverity = {
  Error: 'ERROR',
  Warning: 'WARNING'
} as const;

export type DraftProblemSeverity = typeof DraftProblemSeverity[keyof typeof DraftProblemSeverity];
export const DraftState = {
  Discarded: 'DISCARDED',
  Open: 'OPEN',
  Published: 'PUBLISHED'
} as const;

export type DraftState = typeof DraftState[keyof typeof DraftState];
export type DraftValidation = {
  readonly __typename?: 'DraftValidation';
  readonly ok: Scalars['Boolean']['output'];
  readonly problems: ReadonlyArray<DraftProblem>;
  /** Of the rows that were sampled. */
  readonly quality: ReadonlyArray<FieldQuality>;
};

export type DriftChange = {
  readonly __typename?: 'DriftChange';
  readonly after: Scalars['String']['output'];
  readonly before: Scalars['String']['output'];
  /** Null where the whole table is meant. */
  readonly column?: Maybe<Scalars['String']['output']>;
  readonly kind: DriftKind;
  readonly schema?: Maybe<Scalars['String']['output']>;
  /** The column that seems to hold now what this one held. */
  readonly successor?: Maybe<Scalars['String']['output']>;
  readonly table: Scalars['String']['output'];
};

export const DriftKind = {
  Gone: 'GONE',
  /** Elsewhere in the table; where the engine gives columns no identity, it may be another. */
  Moved: 'MOVED',
  Narrowed: 'NARROWED',
  Renamed: 'RENAMED',
  /** Another column of the same name. */
  Replaced: 'REPLACED',
  Retyped: 'RETYPED',
  Swapped: 'SWAPPED',
  TableGone: 'TABLE_GONE',
  TableNew: 'TABLE_NEW'
} as const;

export type DriftKind = typeof DriftKind[keyof typeof DriftKind];
/** 数据来源 Where an entity's values come from, and what is wrong with them. */
export type EntityMeta = {
  readonly __typename?: 'EntityMeta';
  /** Values that could not be decoded; their fields are null. */
  readonly issues: ReadonlyArray<DataIssue>;
  /** The source rows it is made of. */
  readonly sources: ReadonlyArray<SourceRef>;
  /** Keys by which sources name it that are not confirmed yet. */
  readonly unresolved: ReadonlyArray<OpenKey>;
  /** What each department says about a field, the authority first. */
  readonly values: ReadonlyArray<DepartmentValue>;
};


/** 数据来源 Where an entity's values come from, and what is wrong with them. */
export type EntityMetaValuesArgs = {
  field: Scalars['String']['input'];
};

export type FieldIssueCount = {
  readonly __typename?: 'FieldIssueCount';
  readonly code: Scalars['String']['output'];
  readonly count: Scalars['Int']['output'];
  readonly example: Scalars['String']['output'];
};

export type FieldLineage = {
  readonly __typename?: 'FieldLineage';
  readonly columns: ReadonlyArray<Scalars['String']['output']>;
  readonly department: Scalars['String']['output'];
  readonly source: Scalars['String']['output'];
  readonly tables: ReadonlyArray<Scalars['String']['output']>;
  readonly transform: Scalars['String']['output'];
};

/** 质量 How good the values of a field are. */
export type FieldQuality = {
  readonly __typename?: 'FieldQuality';
  readonly field: Scalars['String']['output'];
  readonly issues: ReadonlyArray<FieldIssueCount>;
  readonly nulls: Scalars['Int']['output'];
  /** Rows looked at. */
  readonly rows: Scalars['Int']['output'];
  readonly source: Scalars['String']['output'];
  readonly type: Scalars['String']['output'];
};

/** 质量 Shares of the rows looked at, 0…1. */
export type FieldRates = {
  readonly __typename?: 'FieldRates';
  readonly badDates: Scalars['Float']['output'];
  readonly field: Scalars['String']['output'];
  /** Without a value, for whatever reason. */
  readonly nulls: Scalars['Float']['output'];
  /** Values that cannot be read for another reason. */
  readonly otherIssues: Scalars['Float']['output'];
  readonly rows: Scalars['Int']['output'];
  readonly source: Scalars['String']['output'];
  readonly unknownCodes: Scalars['Float']['output'];
  readonly unmatchedKeys: Scalars['Float']['output'];
};

/** A sum of money, in the field's own unit. */
export type FieldSum = {
  readonly __typename?: 'FieldSum';
  readonly field: Scalars['String']['output'];
  /** Null where no row has a value. */
  readonly sum?: Maybe<Scalars['Decimal']['output']>;
  readonly unit: Scalars['String']['output'];
};

export type FieldUsage = {
  readonly __typename?: 'FieldUsage';
  readonly count: Scalars['Int']['output'];
  readonly operation: Scalars['String']['output'];
};

export const FileChangeKind = {
  Added: 'ADDED',
  Changed: 'CHANGED',
  Removed: 'REMOVED'
} as const;

export type FileChangeKind = typeof FileChangeKind[keyof typeof FileChangeKind];
export type Hub = {
  readonly __typename?: 'Hub';
  /** The hub's now: what "today" means in its answers. */
  readonly clock: Scalars['DateTime']['output'];
  /** Grows with every composition, also of the same release. */
  readonly generation: Scalars['Int']['output'];
  /** Whose day it is, and what the departments' times without a zone mean. */
  readonly timeZone: Scalars['String']['output'];
  /** Of the release: schema, mappings and checks that were published together. */
  readonly version: Scalars['Int']['output'];
};

export type LabDelta = {
  readonly __typename?: 'LabDelta';
  readonly draft: Scalars['String']['output'];
  readonly live: Scalars['String']['output'];
  readonly path: Scalars['String']['output'];
};

export type LabTrial = {
  readonly __typename?: 'LabTrial';
  readonly changed: Scalars['Int']['output'];
  readonly deltas: ReadonlyArray<LabDelta>;
  readonly draftMs: Scalars['Float']['output'];
  readonly draftRows: Scalars['Int']['output'];
  readonly errors: ReadonlyArray<Scalars['String']['output']>;
  readonly liveMs: Scalars['Float']['output'];
  /** Rows in all lists of the two answers. */
  readonly liveRows: Scalars['Int']['output'];
  readonly name: Scalars['String']['output'];
  /** `same`, `differs`, `fails` or `invalid`. */
  readonly outcome: Scalars['String']['output'];
  readonly values: Scalars['Int']['output'];
};

export type MappingSuggestion = {
  readonly __typename?: 'MappingSuggestion';
  /** YAML. */
  readonly mapping: Scalars['String']['output'];
  readonly reasons: ReadonlyArray<SuggestionReason>;
  /** SDL of the types. */
  readonly schema: Scalars['String']['output'];
};

export type Mutation = {
  readonly __typename?: 'Mutation';
  /** 认可 The live mapping is right for the tables as they are now. */
  readonly acceptDrift: ReadonlyArray<SourceDrift>;
  /** 确认已处理 Everything up to this cursor has been dealt with: the consumer continues after it. Never moves back. */
  readonly ackChanges: ChangeConsumer;
  /** 确认预警 You have seen it. The alert goes on until its condition ends. */
  readonly acknowledgeAlert: Alert;
  /** 解除拒绝 Takes it off the list. */
  readonly allowIdentity: Scalars['Boolean']['output'];
  /** 同意 The second pair of eyes, where hub.yaml asks for it. */
  readonly approveDraft: Draft;
  /** 批量确认 All of them or, when one is unusable, none. */
  readonly bulkConfirmCrosswalk: ReadonlyArray<CrosswalkKey>;
  /** 确认对照 From now on this source's key stands for this entity. */
  readonly confirmCrosswalk: CrosswalkKey;
  /** 新建草稿 A draft of what is live now. */
  readonly createDraft: Draft;
  /** 审批共享 The provider grants or refuses. */
  readonly decideAgreement: Agreement;
  /** 拒绝 Refuses a person, a token or a signing key on every instance within five seconds; live streams end. */
  readonly denyIdentity: DeniedIdentity;
  readonly discardDraft: Draft;
  /** 修复 A draft in which columns have the names that they seem to have now. Look at it before you publish it. */
  readonly draftRepair: Draft;
  /** 发布 Live on every instance within two seconds, whole; running operations finish on the release they began with. */
  readonly publishDraft: Release;
  /** 变基 Bases the draft on what is live now. */
  readonly rebaseDraft: Draft;
  /** 重新推送 Posts the events that were put aside once more, oldest first, until one is not taken. */
  readonly redeliverWebhook: WebhookRedelivery;
  /** 刷新对照 Reads the sources' keys now instead of at the next interval. */
  readonly refreshCrosswalk: ReadonlyArray<CrosswalkRefresh>;
  /** 登记推送端点 From now on the events of a subscription are posted to this URL, signed, each until it is taken or put aside. It has your rights, as they are at each event, until it expires or you may no longer register it. */
  readonly registerWebhook: RegisteredWebhook;
  /** 否定对照 This source's key does not stand for this entity; without `canonicalKey`, for none at all. */
  readonly rejectCrosswalk: CrosswalkKey;
  /** 注销推送端点 False when there is none of that id. */
  readonly removeWebhook: Scalars['Boolean']['output'];
  /** 续期推送端点 From now on it has your rights, and a new time to expire; place and secret stay. */
  readonly renewWebhook: Webhook;
  /** 申请共享 Asks a department for fields of one type. It decides within the configured number of working days. */
  readonly requestAgreement: Agreement;
  /** 回滚 Publishes an earlier release again. With `base`, only if that one is still live. */
  readonly restoreRelease: Release;
  /** 保存 `revision` is the one that you saw; who saves later than somebody else is told so, and nothing is lost. */
  readonly saveDraft: Draft;
  /** 撤销 Takes back your newest decision, a bulk confirmation as a whole. */
  readonly undoCrosswalk: ReadonlyArray<CrosswalkKey>;
  /** 撤回共享 The provider ends it; streams that rest on it end within five seconds. */
  readonly withdrawAgreement: Agreement;
};


export type MutationAcceptDriftArgs = {
  source: Scalars['String']['input'];
};


export type MutationAckChangesArgs = {
  consumer: Scalars['String']['input'];
  cursor: Scalars['String']['input'];
};


export type MutationAcknowledgeAlertArgs = {
  id: Scalars['ID']['input'];
  note?: InputMaybe<Scalars['String']['input']>;
};


export type MutationAllowIdentityArgs = {
  kind: DeniedKind;
  value: Scalars['String']['input'];
};


export type MutationApproveDraftArgs = {
  id: Scalars['Int']['input'];
  revision: Scalars['Int']['input'];
};


export type MutationBulkConfirmCrosswalkArgs = {
  pairs: ReadonlyArray<CrosswalkPairInput>;
};


export type MutationConfirmCrosswalkArgs = {
  canonicalKey: Scalars['String']['input'];
  entity: Scalars['String']['input'];
  localKey: Scalars['String']['input'];
  source: Scalars['String']['input'];
};


export type MutationCreateDraftArgs = {
  title: Scalars['String']['input'];
};


export type MutationDecideAgreementArgs = {
  grant: Scalars['Boolean']['input'];
  id: Scalars['ID']['input'];
  note?: InputMaybe<Scalars['String']['input']>;
  operationsPerDay?: InputMaybe<Scalars['Int']['input']>;
  rowsPerDay?: InputMaybe<Scalars['Int']['input']>;
  validFrom?: InputMaybe<Scalars['DateTime']['input']>;
  validTo?: InputMaybe<Scalars['DateTime']['input']>;
};


export type MutationDenyIdentityArgs = {
  kind: DeniedKind;
  value: Scalars['String']['input'];
  why: Scalars['String']['input'];
};


export type MutationDiscardDraftArgs = {
  id: Scalars['Int']['input'];
  revision: Scalars['Int']['input'];
};


export type MutationDraftRepairArgs = {
  source: Scalars['String']['input'];
};


export type MutationPublishDraftArgs = {
  id: Scalars['Int']['input'];
  revision: Scalars['Int']['input'];
  why: Scalars['String']['input'];
};


export type MutationRebaseDraftArgs = {
  id: Scalars['Int']['input'];
  revision: Scalars['Int']['input'];
};


export type MutationRedeliverWebhookArgs = {
  id: Scalars['ID']['input'];
};


export type MutationRefreshCrosswalkArgs = {
  entity?: InputMaybe<Scalars['String']['input']>;
  source?: InputMaybe<Scalars['String']['input']>;
};


export type MutationRegisterWebhookArgs = {
  name: Scalars['String']['input'];
  subscription: Scalars['String']['input'];
  url: Scalars['String']['input'];
  variables?: InputMaybe<Scalars['JSON']['input']>;
};


export type MutationRejectCrosswalkArgs = {
  canonicalKey?: InputMaybe<Scalars['String']['input']>;
  entity: Scalars['String']['input'];
  localKey: Scalars['String']['input'];
  source: Scalars['String']['input'];
};


export type MutationRemoveWebhookArgs = {
  id: Scalars['ID']['input'];
};


export type MutationRenewWebhookArgs = {
  id: Scalars['ID']['input'];
};


export type MutationRequestAgreementArgs = {
  input: AgreementRequestInput;
};


export type MutationRestoreReleaseArgs = {
  base?: InputMaybe<Scalars['Int']['input']>;
  number: Scalars['Int']['input'];
  why: Scalars['String']['input'];
};


export type MutationSaveDraftArgs = {
  files: ReadonlyArray<DraftFileInput>;
  id: Scalars['Int']['input'];
  revision: Scalars['Int']['input'];
};


export type MutationWithdrawAgreementArgs = {
  id: Scalars['ID']['input'];
  note?: InputMaybe<Scalars['String']['input']>;
};

/** Anything with an opaque id of its own. */
export type Node = {
  readonly id: Scalars['ID']['output'];
};

/** A source's key of an entity that is not matched for certain. */
export type OpenKey = {
  readonly __typename?: 'OpenKey';
  readonly canonicalKey?: Maybe<Scalars['String']['output']>;
  readonly department: Scalars['String']['output'];
  readonly evidence?: Maybe<Scalars['JSON']['output']>;
  readonly localKey: Scalars['String']['output'];
  readonly source: Scalars['String']['output'];
  readonly state: Scalars['String']['output'];
};

export type OperationExample = {
  readonly __typename?: 'OperationExample';
  readonly document: Scalars['String']['output'];
  readonly name: Scalars['String']['output'];
  readonly title: Scalars['String']['output'];
};

/** Where nothing else is said, nulls are smallest: first when ascending, last when descending. */
export const OrderDirection = {
  Asc: 'ASC',
  AscNullsFirst: 'ASC_NULLS_FIRST',
  AscNullsLast: 'ASC_NULLS_LAST',
  Desc: 'DESC',
  DescNullsFirst: 'DESC_NULLS_FIRST',
  DescNullsLast: 'DESC_NULLS_LAST'
} as const;

export type OrderDirection = typeof OrderDirection[keyof typeof OrderDirection];
/** Where a page stands in its list. */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  readonly endCursor?: Maybe<Scalars['String']['output']>;
  readonly hasNextPage: Scalars['Boolean']['output'];
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  readonly startCursor?: Maybe<Scalars['String']['output']>;
};

export type Query = {
  readonly __typename?: 'Query';
  /**
   * 访问记录 Who read what, when, for what purpose; newest first. An auditor sees all of it, a data officer the records in which fields of their own department
   * were read, and of those only that department's part. Asking this is recorded too.
   */
  readonly accessLog: AccessRecordConnection;
  /** 共享协议 Agreements that your department asked for or is asked for, newest first. */
  readonly agreements: ReadonlyArray<Agreement>;
  /** 预警规则 The published rules, with what the hub derived from them. */
  readonly alertRules: ReadonlyArray<AlertRule>;
  /** 预警 Alerts, newest first. */
  readonly alerts: AlertConnection;
  /** 资源目录 Types and fields: whose they are, where they come from, who asks for them. */
  readonly catalogue: ReadonlyArray<CatalogueType>;
  /** 目录导出 政务信息资源目录 core metadata, one row for each information item, as CSV. */
  readonly catalogueCsv: Scalars['String']['output'];
  /** 目录导出 The same rows, each an object of column and value. */
  readonly catalogueRows: Scalars['JSON']['output'];
  /** 对照工作清单 Keys that departments use for an entity and that no known entity answers to, with suggestions: an officer's work list. */
  readonly crosswalk?: Maybe<CrosswalkConnection>;
  /** 数据问题 Values of a type that have no canonical form, found by reading its rows. */
  readonly dataIssues?: Maybe<DataIssueConnection>;
  /** 拒绝名单 Tokens, keys and people that are refused though their issuer would not. */
  readonly deniedIdentities: ReadonlyArray<DeniedIdentity>;
  readonly draft: Draft;
  /** 草稿 Changes that are not published yet, newest first. */
  readonly drafts: ReadonlyArray<Draft>;
  /** 漂移 Sources whose tables changed since the live mappings were right for them. */
  readonly drifts: ReadonlyArray<SourceDrift>;
  /** 枢纽 The hub itself. */
  readonly hub: Hub;
  /** 操作示例 Operations to try. */
  readonly operationExamples: ReadonlyArray<OperationExample>;
  /** 发布版本 One release; without `number`, the one that is live. */
  readonly release: Release;
  /** 发布历史 What was published, newest first: when, by whom, why. */
  readonly releases: ReleaseConnection;
  /** 共享目录 Fields that departments share by agreement only, whether or not you have one. */
  readonly sharedByAgreement: ReadonlyArray<SharedField>;
  /** 概况 What a source's tables hold; samples are masked where they hold personal data. */
  readonly sourceProfile: ReadonlyArray<TableProfile>;
  /** 数据源 The departments' databases: whether they answer, and how much of them is mapped. */
  readonly sources: ReadonlyArray<Source>;
  /** 建议 What a mapping of a source could be, with the reason for each part. Put it into a draft and look at it. */
  readonly suggestMapping: MappingSuggestion;
  /** 试运行 Runs rules that are not published: on today's data, and on what changed in the last days. Nothing of it is kept. */
  readonly testAlertRules: AlertRuleTest;
  /** 未对照金额 Rows of a type whose key stands for no known entity, and their money: it is in no entity's total. */
  readonly unresolved?: Maybe<Unresolved>;
  /** 推送端点 Endpoints that events are posted to, of your department. To others they do not exist. */
  readonly webhooks: ReadonlyArray<Webhook>;
  /** 我 Who you are to the hub, and what you may do. */
  readonly whoAmI: WhoAmI;
};


export type QueryAccessLogArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AccessLogFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryAgreementsArgs = {
  state?: InputMaybe<AgreementState>;
};


export type QueryAlertRulesArgs = {
  rules?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


export type QueryAlertsArgs = {
  acknowledged?: InputMaybe<Scalars['Boolean']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  minSeverity?: InputMaybe<Severity>;
  rules?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  states?: InputMaybe<ReadonlyArray<AlertState>>;
  subjects?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
};


export type QueryCatalogueArgs = {
  types?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


export type QueryCrosswalkArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  entity?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  source?: InputMaybe<Scalars['String']['input']>;
  state?: InputMaybe<CrosswalkState>;
};


export type QueryDataIssuesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  code?: InputMaybe<Scalars['String']['input']>;
  field?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  source?: InputMaybe<Scalars['String']['input']>;
  type: Scalars['String']['input'];
};


export type QueryDraftArgs = {
  id: Scalars['Int']['input'];
};


export type QueryDraftsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  state?: InputMaybe<DraftState>;
};


export type QueryReleaseArgs = {
  number?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryReleasesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QuerySourceProfileArgs = {
  source: Scalars['String']['input'];
  tables?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


export type QuerySuggestMappingArgs = {
  source: Scalars['String']['input'];
  tables?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


export type QueryTestAlertRulesArgs = {
  days?: InputMaybe<Scalars['Int']['input']>;
  text: Scalars['String']['input'];
};


export type QueryUnresolvedArgs = {
  type: Scalars['String']['input'];
};

export type RegisteredWebhook = {
  readonly __typename?: 'RegisteredWebhook';
  /** Signs every event (Standard Webhooks, HMAC-SHA-256). Keep it: it is not shown again. */
  readonly secret: Scalars['String']['output'];
  readonly webhook: Webhook;
};

/** 版本 Schema, mappings, normalisers and checks, published together. */
export type Release = {
  readonly __typename?: 'Release';
  /** Who agreed, where four eyes are asked for. */
  readonly approvedBy?: Maybe<Scalars['String']['output']>;
  readonly by: Scalars['String']['output'];
  /** What differs from the release before, or from `since`. */
  readonly changes: ReadonlyArray<ReleaseFileChange>;
  /** SHA-256 over its files. */
  readonly digest: Scalars['String']['output'];
  readonly files: ReadonlyArray<ReleaseFile>;
  /** It is what the store holds as live; every instance follows within two seconds. */
  readonly isLive: Scalars['Boolean']['output'];
  readonly number: Scalars['Int']['output'];
  readonly origin: ReleaseOrigin;
  readonly publishedAt: Scalars['DateTime']['output'];
  /** The release that this is again. */
  readonly restores?: Maybe<Scalars['Int']['output']>;
  readonly why: Scalars['String']['output'];
};


/** 版本 Schema, mappings, normalisers and checks, published together. */
export type ReleaseChangesArgs = {
  since?: InputMaybe<Scalars['Int']['input']>;
};

export type ReleaseConnection = {
  readonly __typename?: 'ReleaseConnection';
  readonly nodes: ReadonlyArray<Release>;
  readonly pageInfo: PageInfo;
  readonly totalCount: Scalars['Int']['output'];
};

export type ReleaseFile = {
  readonly __typename?: 'ReleaseFile';
  readonly part: ReleasePart;
  /** Relative to the folder of hub.yaml. */
  readonly path: Scalars['String']['output'];
  readonly text: Scalars['String']['output'];
};

export type ReleaseFileChange = {
  readonly __typename?: 'ReleaseFileChange';
  readonly kind: FileChangeKind;
  /** `- ` what went, `+ ` what came. */
  readonly lines: ReadonlyArray<Scalars['String']['output']>;
  readonly part: ReleasePart;
  readonly path: Scalars['String']['output'];
};

export const ReleaseOrigin = {
  /** Files on disk that had changed when a hub started, or were published from there. */
  Files: 'FILES',
  /** A draft. */
  Publish: 'PUBLISH',
  /** An earlier release. */
  Restore: 'RESTORE'
} as const;

export type ReleaseOrigin = typeof ReleaseOrigin[keyof typeof ReleaseOrigin];
export const ReleasePart = {
  Checks: 'CHECKS',
  Mappings: 'MAPPINGS',
  Normalizers: 'NORMALIZERS',
  Policy: 'POLICY',
  Rules: 'RULES',
  Schema: 'SCHEMA',
  /** Departments and sources beside those of hub.yaml. */
  Sources: 'SOURCES'
} as const;

export type ReleasePart = typeof ReleasePart[keyof typeof ReleasePart];
export const Severity = {
  Critical: 'CRITICAL',
  Info: 'INFO',
  Notice: 'NOTICE',
  Warning: 'WARNING'
} as const;

export type Severity = typeof Severity[keyof typeof Severity];
/** A field that is shared by agreement only (有条件共享). */
export type SharedField = {
  readonly __typename?: 'SharedField';
  readonly en?: Maybe<Scalars['String']['output']>;
  readonly field: Scalars['String']['output'];
  readonly grade?: Maybe<Scalars['String']['output']>;
  /** The department that decides. */
  readonly provider: Scalars['String']['output'];
  readonly type: Scalars['String']['output'];
  readonly zh?: Maybe<Scalars['String']['output']>;
};

export type Source = {
  readonly __typename?: 'Source';
  /** What is known of its tables: LIVE read in this run, REMEMBERED from an earlier one, UNKNOWN never read. */
  readonly catalog: SourceCatalog;
  /** 变更捕获 How far its changes have been read; null where hub.yaml says `changes: none`, or before anybody has begun. */
  readonly changes?: Maybe<ChangeCapture>;
  /** What the mapping uses of it; null while its tables are unknown. */
  readonly coverage?: Maybe<Coverage>;
  readonly department: Department;
  /** Name and version of the database; null while it is not reachable. */
  readonly engine?: Maybe<Scalars['String']['output']>;
  readonly kind: Scalars['String']['output'];
  readonly latencyMs?: Maybe<Scalars['Float']['output']>;
  /** Why it is not ok. */
  readonly message?: Maybe<Scalars['String']['output']>;
  readonly name: Scalars['String']['output'];
  /** It answers queries now. */
  readonly ok: Scalars['Boolean']['output'];
};

export const SourceCatalog = {
  Live: 'LIVE',
  Remembered: 'REMEMBERED',
  Unknown: 'UNKNOWN'
} as const;

export type SourceCatalog = typeof SourceCatalog[keyof typeof SourceCatalog];
export type SourceDrift = {
  readonly __typename?: 'SourceDrift';
  readonly changes: ReadonlyArray<DriftChange>;
  readonly department: Scalars['String']['output'];
  /** What is not answered for it, e.g. `Payment.amount`; a type's name where all of it is meant. All else is. */
  readonly quarantine: ReadonlyArray<Scalars['String']['output']>;
  readonly source: Scalars['String']['output'];
};

/** One source row. */
export type SourceRef = {
  readonly __typename?: 'SourceRef';
  readonly department: Scalars['String']['output'];
  /** Its key there; null where you may not see the columns of the key. */
  readonly key?: Maybe<Scalars['String']['output']>;
  readonly mappingVersion: Scalars['Int']['output'];
  readonly observedAt: Scalars['DateTime']['output'];
  readonly source: Scalars['String']['output'];
  readonly table: Scalars['String']['output'];
};

export type Subscription = {
  readonly __typename?: 'Subscription';
  /** 预警事件 What happens to alerts: those after the cursor first, then live, with no gap and no duplicate. */
  readonly alerts: AlertEvent;
};


export type SubscriptionAlertsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  minSeverity?: InputMaybe<Severity>;
  rules?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  states?: InputMaybe<ReadonlyArray<AlertEventState>>;
};

export type SuggestionReason = {
  readonly __typename?: 'SuggestionReason';
  readonly about: Scalars['String']['output'];
  /** 0…1 */
  readonly confidence: Scalars['Float']['output'];
  readonly evidence: Scalars['String']['output'];
  readonly says: Scalars['String']['output'];
};

export type TableProfile = {
  readonly __typename?: 'TableProfile';
  readonly columns: ReadonlyArray<ColumnProfile>;
  readonly comment?: Maybe<Scalars['String']['output']>;
  readonly rows: Scalars['Int']['output'];
  readonly table: Scalars['String']['output'];
};

export type UnmappedColumns = {
  readonly __typename?: 'UnmappedColumns';
  readonly columns: ReadonlyArray<Scalars['String']['output']>;
  readonly comment?: Maybe<Scalars['String']['output']>;
  readonly table: Scalars['String']['output'];
};

export type Unresolved = {
  readonly __typename?: 'Unresolved';
  /** Rows over all sources and fields; a row with two unresolved keys counts for each. */
  readonly count: Scalars['Int']['output'];
  readonly parts: ReadonlyArray<UnresolvedPart>;
  readonly sums: ReadonlyArray<FieldSum>;
  readonly type: Scalars['String']['output'];
};

export type UnresolvedLocalKey = {
  readonly __typename?: 'UnresolvedLocalKey';
  readonly count: Scalars['Int']['output'];
  readonly localKey?: Maybe<Scalars['String']['output']>;
  readonly sums: ReadonlyArray<FieldSum>;
};

/** Rows of one source whose key in one field stands for no known entity. */
export type UnresolvedPart = {
  readonly __typename?: 'UnresolvedPart';
  readonly count: Scalars['Int']['output'];
  readonly department: Scalars['String']['output'];
  /** What it should be a key of. */
  readonly entity: Scalars['String']['output'];
  /** The field that holds the key. */
  readonly field: Scalars['String']['output'];
  readonly keyCount: Scalars['Int']['output'];
  /** Those with most rows first; null is a blank key. */
  readonly keys: ReadonlyArray<UnresolvedLocalKey>;
  readonly source: Scalars['String']['output'];
  readonly sums: ReadonlyArray<FieldSum>;
};


/** Rows of one source whose key in one field stands for no known entity. */
export type UnresolvedPartKeysArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type Webhook = {
  readonly __typename?: 'Webhook';
  readonly createdAt: Scalars['DateTime']['output'];
  /** Up to where events have been dealt with; before the first, where it began. */
  readonly cursor?: Maybe<Scalars['String']['output']>;
  readonly deadLetterCount: Scalars['Int']['output'];
  /** Events that the endpoint did not take, newest first. */
  readonly deadLetters: ReadonlyArray<DeadLetter>;
  /** Nothing is posted after this, until it is renewed. */
  readonly expiresAt: Scalars['DateTime']['output'];
  readonly id: Scalars['ID']['output'];
  readonly name: Scalars['String']['output'];
  /** Why its subscription ended, or why the last event was not taken; null when all is well. */
  readonly problem?: Maybe<Scalars['String']['output']>;
  /** Who registered it. */
  readonly subject: Scalars['String']['output'];
  readonly subscription: Scalars['String']['output'];
  readonly url: Scalars['String']['output'];
};


export type WebhookDeadLettersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type WebhookRedelivery = {
  readonly __typename?: 'WebhookRedelivery';
  /** How many were taken this time. */
  readonly taken: Scalars['Int']['output'];
  readonly webhook: Webhook;
};

export type WhoAmI = {
  readonly __typename?: 'WhoAmI';
  readonly actions: ReadonlyArray<Scalars['String']['output']>;
  readonly department?: Maybe<Scalars['String']['output']>;
  /** When your token ends. */
  readonly expiresAt?: Maybe<Scalars['DateTime']['output']>;
  readonly purpose?: Maybe<Scalars['String']['output']>;
  readonly roles: ReadonlyArray<Scalars['String']['output']>;
  readonly subject: Scalars['String']['output'];
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;




/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Node: never;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AccessDecision: AccessDecision;
  AccessEntity: AccessEntity;
  AccessError: ResolverTypeWrapper<AccessError>;
  AccessKind: AccessKind;
  AccessLogFilter: AccessLogFilter;
  AccessRead: ResolverTypeWrapper<AccessRead>;
  AccessRecord: ResolverTypeWrapper<AccessRecord>;
  AccessRecordConnection: ResolverTypeWrapper<AccessRecordConnection>;
  AccessRecordEdge: ResolverTypeWrapper<AccessRecordEdge>;
  AccessSubjects: ResolverTypeWrapper<AccessSubjects>;
  Agreement: ResolverTypeWrapper<Agreement>;
  AgreementRequestInput: AgreementRequestInput;
  AgreementState: AgreementState;
  Alert: ResolverTypeWrapper<AlertModel>;
  AlertAcknowledgement: ResolverTypeWrapper<AlertAcknowledgement>;
  AlertCause: ResolverTypeWrapper<AlertCause>;
  AlertConnection: ResolverTypeWrapper<Omit<AlertConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversTypes['AlertEdge']>, nodes: ReadonlyArray<ResolversTypes['Alert']> }>;
  AlertDependency: ResolverTypeWrapper<AlertDependency>;
  AlertEdge: ResolverTypeWrapper<Omit<AlertEdge, 'node'> & { node: ResolversTypes['Alert'] }>;
  AlertEvent: ResolverTypeWrapper<AlertEventModel>;
  AlertEventState: AlertEventState;
  AlertEvidence: ResolverTypeWrapper<AlertEvidence>;
  AlertEvidenceMore: ResolverTypeWrapper<AlertEvidenceMore>;
  AlertEvidenceRow: ResolverTypeWrapper<AlertEvidenceRow>;
  AlertRule: ResolverTypeWrapper<AlertRuleModel>;
  AlertRuleFinding: ResolverTypeWrapper<AlertRuleFinding>;
  AlertRulePast: ResolverTypeWrapper<RuleBenchPastModel>;
  AlertRulePastEvent: ResolverTypeWrapper<AlertRulePastEvent>;
  AlertRuleProblem: ResolverTypeWrapper<AlertRuleProblem>;
  AlertRuleTest: ResolverTypeWrapper<Omit<AlertRuleTest, 'results'> & { results: ReadonlyArray<ResolversTypes['AlertRuleTestResult']> }>;
  AlertRuleTestResult: ResolverTypeWrapper<RuleBenchResultModel>;
  AlertState: AlertState;
  AlertSubject: ResolverTypeWrapper<AlertSubject>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  CaptureState: CaptureState;
  CatalogueField: ResolverTypeWrapper<CatalogueFieldModel>;
  CatalogueType: ResolverTypeWrapper<CatalogueTypeModel>;
  ChangeCapture: ResolverTypeWrapper<ChangeCapture>;
  ChangeConsumer: ResolverTypeWrapper<ChangeConsumer>;
  ChangeGap: ResolverTypeWrapper<ChangeGap>;
  ChangeLevel: ChangeLevel;
  ChangeMode: ChangeMode;
  CheckResult: ResolverTypeWrapper<CheckResult>;
  ColumnProfile: ResolverTypeWrapper<ColumnProfile>;
  Coverage: ResolverTypeWrapper<Coverage>;
  CrosswalkConnection: ResolverTypeWrapper<CrosswalkConnection>;
  CrosswalkEdge: ResolverTypeWrapper<CrosswalkEdge>;
  CrosswalkItem: ResolverTypeWrapper<CrosswalkItem>;
  CrosswalkKey: ResolverTypeWrapper<CrosswalkKey>;
  CrosswalkPairInput: CrosswalkPairInput;
  CrosswalkRefresh: ResolverTypeWrapper<CrosswalkRefresh>;
  CrosswalkState: CrosswalkState;
  CrosswalkSuggestion: ResolverTypeWrapper<CrosswalkSuggestion>;
  DataIssue: ResolverTypeWrapper<DataIssue>;
  DataIssueConnection: ResolverTypeWrapper<DataIssueConnection>;
  DataIssueCount: ResolverTypeWrapper<DataIssueCount>;
  DataIssueEdge: ResolverTypeWrapper<DataIssueEdge>;
  Date: ResolverTypeWrapper<Scalars['Date']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DateTruncation: DateTruncation;
  DeadLetter: ResolverTypeWrapper<DeadLetter>;
  Decimal: ResolverTypeWrapper<Scalars['Decimal']['output']>;
  DeniedIdentity: ResolverTypeWrapper<DeniedIdentity>;
  DeniedKind: DeniedKind;
  Department: ResolverTypeWrapper<Department>;
  DepartmentValue: ResolverTypeWrapper<DepartmentValue>;
  Draft: ResolverTypeWrapper<DraftModel>;
  DraftComparison: ResolverTypeWrapper<DraftComparison>;
  DraftFileInput: DraftFileInput;
  DraftImpact: ResolverTypeWrapper<DraftImpact>;
  DraftMeaningChange: ResolverTypeWrapper<DraftMeaningChange>;
  DraftPreview: ResolverTypeWrapper<DraftPreview>;
  DraftPreviewIssue: ResolverTypeWrapper<DraftPreviewIssue>;
  DraftPreviewRow: ResolverTypeWrapper<DraftPreviewRow>;
  DraftProblem: ResolverTypeWrapper<DraftProblem>;
  DraftProblemSeverity: DraftProblemSeverity;
  DraftState: DraftState;
  DraftValidation: ResolverTypeWrapper<DraftValidation>;
  DriftChange: ResolverTypeWrapper<DriftChange>;
  DriftKind: DriftKind;
  EntityMeta: ResolverTypeWrapper<EntityMeta>;
  FieldIssueCount: ResolverTypeWrapper<FieldIssueCount>;
  FieldLineage: ResolverTypeWrapper<FieldLineage>;
  FieldQuality: ResolverTypeWrapper<FieldQuality>;
  FieldRates: ResolverTypeWrapper<FieldRates>;
  FieldSum: ResolverTypeWrapper<FieldSum>;
  FieldUsage: ResolverTypeWrapper<FieldUsage>;
  FileChangeKind: FileChangeKind;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  Hub: ResolverTypeWrapper<Hub>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  LabDelta: ResolverTypeWrapper<LabDelta>;
  LabTrial: ResolverTypeWrapper<LabTrial>;
  MappingSuggestion: ResolverTypeWrapper<MappingSuggestion>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  OpenKey: ResolverTypeWrapper<OpenKey>;
  OperationExample: ResolverTypeWrapper<OperationExample>;
  OrderDirection: OrderDirection;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RegisteredWebhook: ResolverTypeWrapper<Omit<RegisteredWebhook, 'webhook'> & { webhook: ResolversTypes['Webhook'] }>;
  Release: ResolverTypeWrapper<ReleaseModel>;
  ReleaseConnection: ResolverTypeWrapper<Omit<ReleaseConnection, 'nodes'> & { nodes: ReadonlyArray<ResolversTypes['Release']> }>;
  ReleaseFile: ResolverTypeWrapper<ReleaseFile>;
  ReleaseFileChange: ResolverTypeWrapper<ReleaseFileChange>;
  ReleaseOrigin: ReleaseOrigin;
  ReleasePart: ReleasePart;
  Severity: Severity;
  SharedField: ResolverTypeWrapper<SharedField>;
  Source: ResolverTypeWrapper<SourceModel>;
  SourceCatalog: SourceCatalog;
  SourceDrift: ResolverTypeWrapper<SourceDrift>;
  SourceRef: ResolverTypeWrapper<SourceRef>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  SuggestionReason: ResolverTypeWrapper<SuggestionReason>;
  TableProfile: ResolverTypeWrapper<TableProfile>;
  UnmappedColumns: ResolverTypeWrapper<UnmappedColumns>;
  Unresolved: ResolverTypeWrapper<Omit<Unresolved, 'parts'> & { parts: ReadonlyArray<ResolversTypes['UnresolvedPart']> }>;
  UnresolvedLocalKey: ResolverTypeWrapper<UnresolvedLocalKey>;
  UnresolvedPart: ResolverTypeWrapper<UnresolvedPartModel>;
  Webhook: ResolverTypeWrapper<WebhookModel>;
  WebhookRedelivery: ResolverTypeWrapper<Omit<WebhookRedelivery, 'webhook'> & { webhook: ResolversTypes['Webhook'] }>;
  WhoAmI: ResolverTypeWrapper<WhoAmI>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AccessEntity: AccessEntity;
  AccessError: AccessError;
  AccessLogFilter: AccessLogFilter;
  AccessRead: AccessRead;
  AccessRecord: AccessRecord;
  AccessRecordConnection: AccessRecordConnection;
  AccessRecordEdge: AccessRecordEdge;
  AccessSubjects: AccessSubjects;
  Agreement: Agreement;
  AgreementRequestInput: AgreementRequestInput;
  Alert: AlertModel;
  AlertAcknowledgement: AlertAcknowledgement;
  AlertCause: AlertCause;
  AlertConnection: Omit<AlertConnection, 'edges' | 'nodes'> & { edges: ReadonlyArray<ResolversParentTypes['AlertEdge']>, nodes: ReadonlyArray<ResolversParentTypes['Alert']> };
  AlertDependency: AlertDependency;
  AlertEdge: Omit<AlertEdge, 'node'> & { node: ResolversParentTypes['Alert'] };
  AlertEvent: AlertEventModel;
  AlertEvidence: AlertEvidence;
  AlertEvidenceMore: AlertEvidenceMore;
  AlertEvidenceRow: AlertEvidenceRow;
  AlertRule: AlertRuleModel;
  AlertRuleFinding: AlertRuleFinding;
  AlertRulePast: RuleBenchPastModel;
  AlertRulePastEvent: AlertRulePastEvent;
  AlertRuleProblem: AlertRuleProblem;
  AlertRuleTest: Omit<AlertRuleTest, 'results'> & { results: ReadonlyArray<ResolversParentTypes['AlertRuleTestResult']> };
  AlertRuleTestResult: RuleBenchResultModel;
  AlertSubject: AlertSubject;
  Boolean: Scalars['Boolean']['output'];
  CatalogueField: CatalogueFieldModel;
  CatalogueType: CatalogueTypeModel;
  ChangeCapture: ChangeCapture;
  ChangeConsumer: ChangeConsumer;
  ChangeGap: ChangeGap;
  CheckResult: CheckResult;
  ColumnProfile: ColumnProfile;
  Coverage: Coverage;
  CrosswalkConnection: CrosswalkConnection;
  CrosswalkEdge: CrosswalkEdge;
  CrosswalkItem: CrosswalkItem;
  CrosswalkKey: CrosswalkKey;
  CrosswalkPairInput: CrosswalkPairInput;
  CrosswalkRefresh: CrosswalkRefresh;
  CrosswalkSuggestion: CrosswalkSuggestion;
  DataIssue: DataIssue;
  DataIssueConnection: DataIssueConnection;
  DataIssueCount: DataIssueCount;
  DataIssueEdge: DataIssueEdge;
  Date: Scalars['Date']['output'];
  DateTime: Scalars['DateTime']['output'];
  DeadLetter: DeadLetter;
  Decimal: Scalars['Decimal']['output'];
  DeniedIdentity: DeniedIdentity;
  Department: Department;
  DepartmentValue: DepartmentValue;
  Draft: DraftModel;
  DraftComparison: DraftComparison;
  DraftFileInput: DraftFileInput;
  DraftImpact: DraftImpact;
  DraftMeaningChange: DraftMeaningChange;
  DraftPreview: DraftPreview;
  DraftPreviewIssue: DraftPreviewIssue;
  DraftPreviewRow: DraftPreviewRow;
  DraftProblem: DraftProblem;
  DraftValidation: DraftValidation;
  DriftChange: DriftChange;
  EntityMeta: EntityMeta;
  FieldIssueCount: FieldIssueCount;
  FieldLineage: FieldLineage;
  FieldQuality: FieldQuality;
  FieldRates: FieldRates;
  FieldSum: FieldSum;
  FieldUsage: FieldUsage;
  Float: Scalars['Float']['output'];
  Hub: Hub;
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  JSON: Scalars['JSON']['output'];
  LabDelta: LabDelta;
  LabTrial: LabTrial;
  MappingSuggestion: MappingSuggestion;
  Mutation: Record<PropertyKey, never>;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  OpenKey: OpenKey;
  OperationExample: OperationExample;
  PageInfo: PageInfo;
  Query: Record<PropertyKey, never>;
  RegisteredWebhook: Omit<RegisteredWebhook, 'webhook'> & { webhook: ResolversParentTypes['Webhook'] };
  Release: ReleaseModel;
  ReleaseConnection: Omit<ReleaseConnection, 'nodes'> & { nodes: ReadonlyArray<ResolversParentTypes['Release']> };
  ReleaseFile: ReleaseFile;
  ReleaseFileChange: ReleaseFileChange;
  SharedField: SharedField;
  Source: SourceModel;
  SourceDrift: SourceDrift;
  SourceRef: SourceRef;
  String: Scalars['String']['output'];
  Subscription: Record<PropertyKey, never>;
  SuggestionReason: SuggestionReason;
  TableProfile: TableProfile;
  UnmappedColumns: UnmappedColumns;
  Unresolved: Omit<Unresolved, 'parts'> & { parts: ReadonlyArray<ResolversParentTypes['UnresolvedPart']> };
  UnresolvedLocalKey: UnresolvedLocalKey;
  UnresolvedPart: UnresolvedPartModel;
  Webhook: WebhookModel;
  WebhookRedelivery: Omit<WebhookRedelivery, 'webhook'> & { webhook: ResolversParentTypes['Webhook'] };
  WhoAmI: WhoAmI;
};

export type AccessErrorResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AccessError'] = ResolversParentTypes['AccessError']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AccessReadResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AccessRead'] = ResolversParentTypes['AccessRead']> = {
  department?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  fields?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  masked?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  rows?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type AccessRecordResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AccessRecord'] = ResolversParentTypes['AccessRecord']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  chain?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  count?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  decision?: Resolver<ResolversTypes['AccessDecision'], ParentType, ContextType>;
  department?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  errors?: Resolver<ReadonlyArray<ResolversTypes['AccessError']>, ParentType, ContextType>;
  explain?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  generation?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['AccessKind'], ParentType, ContextType>;
  ms?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  operationHash?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  operationName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  operationType?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  own?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  peer?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  purpose?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  reads?: Resolver<ReadonlyArray<ResolversTypes['AccessRead']>, ParentType, ContextType>;
  release?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  request?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  roles?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  subject?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  subjects?: Resolver<ReadonlyArray<ResolversTypes['AccessSubjects']>, ParentType, ContextType>;
};

export type AccessRecordConnectionResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AccessRecordConnection'] = ResolversParentTypes['AccessRecordConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['AccessRecordEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['AccessRecord']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type AccessRecordEdgeResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AccessRecordEdge'] = ResolversParentTypes['AccessRecordEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['AccessRecord'], ParentType, ContextType>;
};

export type AccessSubjectsResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AccessSubjects'] = ResolversParentTypes['AccessSubjects']> = {
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type AgreementResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['Agreement'] = ResolversParentTypes['Agreement']> = {
  consumer?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  decidedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  decidedBy?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  dueOn?: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  fields?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  legalBasis?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  note?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  operationsPerDay?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  provider?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  purpose?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  requestedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  requestedBy?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  rows?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  rowsPerDay?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['AgreementState'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  validFrom?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  validTo?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  withdrawalNote?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  withdrawnAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  withdrawnBy?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type AlertResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['Alert'] = ResolversParentTypes['Alert']> = {
  acknowledgement?: Resolver<Maybe<ResolversTypes['AlertAcknowledgement']>, ParentType, ContextType>;
  evidence?: Resolver<Maybe<ResolversTypes['AlertEvidence']>, ParentType, ContextType>;
  firedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  redacted?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  resolvedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  rule?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  severity?: Resolver<ResolversTypes['Severity'], ParentType, ContextType>;
  since?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['AlertState'], ParentType, ContextType>;
  subject?: Resolver<ResolversTypes['AlertSubject'], ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  titleEn?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  values?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
};

export type AlertAcknowledgementResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AlertAcknowledgement'] = ResolversParentTypes['AlertAcknowledgement']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  by?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  note?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type AlertCauseResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AlertCause'] = ResolversParentTypes['AlertCause']> = {
  changedFields?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  department?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  op?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  rowKey?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type AlertConnectionResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AlertConnection'] = ResolversParentTypes['AlertConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['AlertEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Alert']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type AlertDependencyResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AlertDependency'] = ResolversParentTypes['AlertDependency']> = {
  department?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  fields?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  path?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type AlertEdgeResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AlertEdge'] = ResolversParentTypes['AlertEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Alert'], ParentType, ContextType>;
};

export type AlertEventResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AlertEvent'] = ResolversParentTypes['AlertEvent']> = {
  alert?: Resolver<ResolversTypes['Alert'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  evidence?: Resolver<Maybe<ResolversTypes['AlertEvidence']>, ParentType, ContextType>;
  rule?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  severity?: Resolver<ResolversTypes['Severity'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['AlertEventState'], ParentType, ContextType>;
  subject?: Resolver<ResolversTypes['AlertSubject'], ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  titleEn?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  values?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
};

export type AlertEvidenceResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AlertEvidence'] = ResolversParentTypes['AlertEvidence']> = {
  causes?: Resolver<ReadonlyArray<ResolversTypes['AlertCause']>, ParentType, ContextType>;
  mappingVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  more?: Resolver<ReadonlyArray<ResolversTypes['AlertEvidenceMore']>, ParentType, ContextType>;
  observedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  rows?: Resolver<ReadonlyArray<ResolversTypes['AlertEvidenceRow']>, ParentType, ContextType>;
};

export type AlertEvidenceMoreResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AlertEvidenceMore'] = ResolversParentTypes['AlertEvidenceMore']> = {
  listed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  path?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AlertEvidenceRowResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AlertEvidenceRow'] = ResolversParentTypes['AlertEvidenceRow']> = {
  department?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  table?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type AlertRuleResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AlertRule'] = ResolversParentTypes['AlertRule']> = {
  departments?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  dependencies?: Resolver<ReadonlyArray<ResolversTypes['AlertDependency']>, ParentType, ContextType>;
  every?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  forMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  place?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  resolve?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  rule?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  select?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  severity?: Resolver<ResolversTypes['Severity'], ParentType, ContextType>;
  subject?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  titleEn?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  when?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type AlertRuleFindingResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AlertRuleFinding'] = ResolversParentTypes['AlertRuleFinding']> = {
  subject?: Resolver<ResolversTypes['AlertSubject'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  values?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
};

export type AlertRulePastResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AlertRulePast'] = ResolversParentTypes['AlertRulePast']> = {
  changes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  elapsedMs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  eventCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  events?: Resolver<ReadonlyArray<ResolversTypes['AlertRulePastEvent']>, ParentType, ContextType, RequireFields<AlertRulePastEventsArgs, 'first'>>;
  relevant?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  since?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  subjects?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AlertRulePastEventResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AlertRulePastEvent'] = ResolversParentTypes['AlertRulePastEvent']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  cause?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['AlertState'], ParentType, ContextType>;
  subject?: Resolver<ResolversTypes['AlertSubject'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  values?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
};

export type AlertRuleProblemResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AlertRuleProblem'] = ResolversParentTypes['AlertRuleProblem']> = {
  column?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  line?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  remedy?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type AlertRuleTestResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AlertRuleTest'] = ResolversParentTypes['AlertRuleTest']> = {
  problems?: Resolver<ReadonlyArray<ResolversTypes['AlertRuleProblem']>, ParentType, ContextType>;
  results?: Resolver<ReadonlyArray<ResolversTypes['AlertRuleTestResult']>, ParentType, ContextType>;
};

export type AlertRuleTestResultResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AlertRuleTestResult'] = ResolversParentTypes['AlertRuleTestResult']> = {
  elapsedMs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  failed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  firing?: Resolver<ReadonlyArray<ResolversTypes['AlertRuleFinding']>, ParentType, ContextType, RequireFields<AlertRuleTestResultFiringArgs, 'first'>>;
  firingCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  past?: Resolver<Maybe<ResolversTypes['AlertRulePast']>, ParentType, ContextType>;
  rule?: Resolver<ResolversTypes['AlertRule'], ParentType, ContextType>;
  subjects?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AlertSubjectResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['AlertSubject'] = ResolversParentTypes['AlertSubject']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  key?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type CatalogueFieldResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['CatalogueField'] = ResolversParentTypes['CatalogueField']> = {
  authority?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  derivation?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  label?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  lineage?: Resolver<ReadonlyArray<ResolversTypes['FieldLineage']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  personal?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sharing?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  unit?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  usedBy?: Resolver<ReadonlyArray<ResolversTypes['FieldUsage']>, ParentType, ContextType>;
};

export type CatalogueTypeResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['CatalogueType'] = ResolversParentTypes['CatalogueType']> = {
  authority?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  fields?: Resolver<ReadonlyArray<ResolversTypes['CatalogueField']>, ParentType, ContextType>;
  label?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  quality?: Resolver<ReadonlyArray<ResolversTypes['FieldRates']>, ParentType, ContextType, RequireFields<CatalogueTypeQualityArgs, 'sample'>>;
};

export type ChangeCaptureResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['ChangeCapture'] = ResolversParentTypes['ChangeCapture']> = {
  committedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  everyChange?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  heardAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lagMs?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  lastGap?: Resolver<Maybe<ResolversTypes['ChangeGap']>, ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  mode?: Resolver<ResolversTypes['ChangeMode'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['CaptureState'], ParentType, ContextType>;
  transactions?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type ChangeConsumerResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['ChangeConsumer'] = ResolversParentTypes['ChangeConsumer']> = {
  consumer?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ChangeGapResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['ChangeGap'] = ResolversParentTypes['ChangeGap']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  healedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type CheckResultResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['CheckResult'] = ResolversParentTypes['CheckResult']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  departments?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  evaluatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  failed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  severity?: Resolver<ResolversTypes['Severity'], ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
};

export type ColumnProfileResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['ColumnProfile'] = ResolversParentTypes['ColumnProfile']> = {
  comment?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  distinct?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  max?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  min?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  nulls?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  patterns?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  personal?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  samples?: Resolver<ReadonlyArray<ResolversTypes['JSON']>, ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type CoverageResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['Coverage'] = ResolversParentTypes['Coverage']> = {
  columns?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  mappedColumns?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  mappedTables?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  tables?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  unmapped?: Resolver<ReadonlyArray<ResolversTypes['UnmappedColumns']>, ParentType, ContextType>;
};

export type CrosswalkConnectionResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['CrosswalkConnection'] = ResolversParentTypes['CrosswalkConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['CrosswalkEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['CrosswalkItem']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CrosswalkEdgeResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['CrosswalkEdge'] = ResolversParentTypes['CrosswalkEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['CrosswalkItem'], ParentType, ContextType>;
};

export type CrosswalkItemResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['CrosswalkItem'] = ResolversParentTypes['CrosswalkItem']> = {
  entity?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  evidence?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  localKey?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  raw?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  rejected?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['CrosswalkState'], ParentType, ContextType>;
  suggestions?: Resolver<ReadonlyArray<ResolversTypes['CrosswalkSuggestion']>, ParentType, ContextType>;
  unknown?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type CrosswalkKeyResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['CrosswalkKey'] = ResolversParentTypes['CrosswalkKey']> = {
  canonicalKeys?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  entity?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  localKey?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type CrosswalkRefreshResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['CrosswalkRefresh'] = ResolversParentTypes['CrosswalkRefresh']> = {
  changed?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  code?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  elapsedMs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  entity?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  ok?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  rows?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type CrosswalkSuggestionResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['CrosswalkSuggestion'] = ResolversParentTypes['CrosswalkSuggestion']> = {
  canonicalKey?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  compared?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  score?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type DataIssueResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['DataIssue'] = ResolversParentTypes['DataIssue']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  field?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  key?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  rawValue?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type DataIssueConnectionResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['DataIssueConnection'] = ResolversParentTypes['DataIssueConnection']> = {
  complete?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  counts?: Resolver<ReadonlyArray<ResolversTypes['DataIssueCount']>, ParentType, ContextType>;
  edges?: Resolver<ReadonlyArray<ResolversTypes['DataIssueEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['DataIssue']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  rowsScanned?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type DataIssueCountResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['DataIssueCount'] = ResolversParentTypes['DataIssueCount']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  field?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type DataIssueEdgeResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['DataIssueEdge'] = ResolversParentTypes['DataIssueEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['DataIssue'], ParentType, ContextType>;
};

export interface DateScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Date'], any> {
  name: 'Date';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DeadLetterResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['DeadLetter'] = ResolversParentTypes['DeadLetter']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  attempts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  body?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  event?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  problem?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export interface DecimalScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Decimal'], any> {
  name: 'Decimal';
}

export type DeniedIdentityResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['DeniedIdentity'] = ResolversParentTypes['DeniedIdentity']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  by?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['DeniedKind'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  why?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type DepartmentResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['Department'] = ResolversParentTypes['Department']> = {
  en?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  zh?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type DepartmentValueResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['DepartmentValue'] = ResolversParentTypes['DepartmentValue']> = {
  department?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
};

export type DraftResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['Draft'] = ResolversParentTypes['Draft']> = {
  approvedBy?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  base?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  by?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  changes?: Resolver<ReadonlyArray<ResolversTypes['ReleaseFileChange']>, ParentType, ContextType>;
  comparison?: Resolver<ResolversTypes['DraftComparison'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  department?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  editors?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  files?: Resolver<ReadonlyArray<ResolversTypes['ReleaseFile']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  lab?: Resolver<ReadonlyArray<ResolversTypes['LabTrial']>, ParentType, ContextType, RequireFields<DraftLabArgs, 'operations'>>;
  preview?: Resolver<ReadonlyArray<ResolversTypes['DraftPreview']>, ParentType, ContextType, RequireFields<DraftPreviewArgs, 'first' | 'type'>>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['DraftState'], ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  validation?: Resolver<ResolversTypes['DraftValidation'], ParentType, ContextType, RequireFields<DraftValidationArgs, 'sample'>>;
};

export type DraftComparisonResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['DraftComparison'] = ResolversParentTypes['DraftComparison']> = {
  changes?: Resolver<ReadonlyArray<ResolversTypes['DraftMeaningChange']>, ParentType, ContextType>;
  impacts?: Resolver<ReadonlyArray<ResolversTypes['DraftImpact']>, ParentType, ContextType>;
};

export type DraftImpactResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['DraftImpact'] = ResolversParentTypes['DraftImpact']> = {
  breaks?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  touches?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type DraftMeaningChangeResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['DraftMeaningChange'] = ResolversParentTypes['DraftMeaningChange']> = {
  level?: Resolver<ResolversTypes['ChangeLevel'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  of?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  source?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type DraftPreviewResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['DraftPreview'] = ResolversParentTypes['DraftPreview']> = {
  quality?: Resolver<ReadonlyArray<ResolversTypes['FieldQuality']>, ParentType, ContextType>;
  rows?: Resolver<ReadonlyArray<ResolversTypes['DraftPreviewRow']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type DraftPreviewIssueResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['DraftPreviewIssue'] = ResolversParentTypes['DraftPreviewIssue']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  field?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  rawValue?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type DraftPreviewRowResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['DraftPreviewRow'] = ResolversParentTypes['DraftPreviewRow']> = {
  issues?: Resolver<ReadonlyArray<ResolversTypes['DraftPreviewIssue']>, ParentType, ContextType>;
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  raw?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  unified?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
};

export type DraftProblemResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['DraftProblem'] = ResolversParentTypes['DraftProblem']> = {
  column?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  file?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  line?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  remedy?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  severity?: Resolver<ResolversTypes['DraftProblemSeverity'], ParentType, ContextType>;
};

export type DraftValidationResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['DraftValidation'] = ResolversParentTypes['DraftValidation']> = {
  ok?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  problems?: Resolver<ReadonlyArray<ResolversTypes['DraftProblem']>, ParentType, ContextType>;
  quality?: Resolver<ReadonlyArray<ResolversTypes['FieldQuality']>, ParentType, ContextType>;
};

export type DriftChangeResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['DriftChange'] = ResolversParentTypes['DriftChange']> = {
  after?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  before?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  column?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['DriftKind'], ParentType, ContextType>;
  schema?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  successor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  table?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type EntityMetaResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['EntityMeta'] = ResolversParentTypes['EntityMeta']> = {
  issues?: Resolver<ReadonlyArray<ResolversTypes['DataIssue']>, ParentType, ContextType>;
  sources?: Resolver<ReadonlyArray<ResolversTypes['SourceRef']>, ParentType, ContextType>;
  unresolved?: Resolver<ReadonlyArray<ResolversTypes['OpenKey']>, ParentType, ContextType>;
  values?: Resolver<ReadonlyArray<ResolversTypes['DepartmentValue']>, ParentType, ContextType, RequireFields<EntityMetaValuesArgs, 'field'>>;
};

export type FieldIssueCountResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['FieldIssueCount'] = ResolversParentTypes['FieldIssueCount']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  example?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type FieldLineageResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['FieldLineage'] = ResolversParentTypes['FieldLineage']> = {
  columns?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  department?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  tables?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  transform?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type FieldQualityResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['FieldQuality'] = ResolversParentTypes['FieldQuality']> = {
  field?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  issues?: Resolver<ReadonlyArray<ResolversTypes['FieldIssueCount']>, ParentType, ContextType>;
  nulls?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  rows?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type FieldRatesResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['FieldRates'] = ResolversParentTypes['FieldRates']> = {
  badDates?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  field?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  nulls?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  otherIssues?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  rows?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  unknownCodes?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  unmatchedKeys?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type FieldSumResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['FieldSum'] = ResolversParentTypes['FieldSum']> = {
  field?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sum?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  unit?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type FieldUsageResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['FieldUsage'] = ResolversParentTypes['FieldUsage']> = {
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  operation?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type HubResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['Hub'] = ResolversParentTypes['Hub']> = {
  clock?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  generation?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  timeZone?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export type LabDeltaResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['LabDelta'] = ResolversParentTypes['LabDelta']> = {
  draft?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  live?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type LabTrialResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['LabTrial'] = ResolversParentTypes['LabTrial']> = {
  changed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  deltas?: Resolver<ReadonlyArray<ResolversTypes['LabDelta']>, ParentType, ContextType>;
  draftMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  draftRows?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  errors?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  liveMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  liveRows?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  values?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type MappingSuggestionResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['MappingSuggestion'] = ResolversParentTypes['MappingSuggestion']> = {
  mapping?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reasons?: Resolver<ReadonlyArray<ResolversTypes['SuggestionReason']>, ParentType, ContextType>;
  schema?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  acceptDrift?: Resolver<ReadonlyArray<ResolversTypes['SourceDrift']>, ParentType, ContextType, RequireFields<MutationAcceptDriftArgs, 'source'>>;
  ackChanges?: Resolver<ResolversTypes['ChangeConsumer'], ParentType, ContextType, RequireFields<MutationAckChangesArgs, 'consumer' | 'cursor'>>;
  acknowledgeAlert?: Resolver<ResolversTypes['Alert'], ParentType, ContextType, RequireFields<MutationAcknowledgeAlertArgs, 'id'>>;
  allowIdentity?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType, RequireFields<MutationAllowIdentityArgs, 'kind' | 'value'>>;
  approveDraft?: Resolver<ResolversTypes['Draft'], ParentType, ContextType, RequireFields<MutationApproveDraftArgs, 'id' | 'revision'>>;
  bulkConfirmCrosswalk?: Resolver<ReadonlyArray<ResolversTypes['CrosswalkKey']>, ParentType, ContextType, RequireFields<MutationBulkConfirmCrosswalkArgs, 'pairs'>>;
  confirmCrosswalk?: Resolver<ResolversTypes['CrosswalkKey'], ParentType, ContextType, RequireFields<MutationConfirmCrosswalkArgs, 'canonicalKey' | 'entity' | 'localKey' | 'source'>>;
  createDraft?: Resolver<ResolversTypes['Draft'], ParentType, ContextType, RequireFields<MutationCreateDraftArgs, 'title'>>;
  decideAgreement?: Resolver<ResolversTypes['Agreement'], ParentType, ContextType, RequireFields<MutationDecideAgreementArgs, 'grant' | 'id'>>;
  denyIdentity?: Resolver<ResolversTypes['DeniedIdentity'], ParentType, ContextType, RequireFields<MutationDenyIdentityArgs, 'kind' | 'value' | 'why'>>;
  discardDraft?: Resolver<ResolversTypes['Draft'], ParentType, ContextType, RequireFields<MutationDiscardDraftArgs, 'id' | 'revision'>>;
  draftRepair?: Resolver<ResolversTypes['Draft'], ParentType, ContextType, RequireFields<MutationDraftRepairArgs, 'source'>>;
  publishDraft?: Resolver<ResolversTypes['Release'], ParentType, ContextType, RequireFields<MutationPublishDraftArgs, 'id' | 'revision' | 'why'>>;
  rebaseDraft?: Resolver<ResolversTypes['Draft'], ParentType, ContextType, RequireFields<MutationRebaseDraftArgs, 'id' | 'revision'>>;
  redeliverWebhook?: Resolver<ResolversTypes['WebhookRedelivery'], ParentType, ContextType, RequireFields<MutationRedeliverWebhookArgs, 'id'>>;
  refreshCrosswalk?: Resolver<ReadonlyArray<ResolversTypes['CrosswalkRefresh']>, ParentType, ContextType, Partial<MutationRefreshCrosswalkArgs>>;
  registerWebhook?: Resolver<ResolversTypes['RegisteredWebhook'], ParentType, ContextType, RequireFields<MutationRegisterWebhookArgs, 'name' | 'subscription' | 'url'>>;
  rejectCrosswalk?: Resolver<ResolversTypes['CrosswalkKey'], ParentType, ContextType, RequireFields<MutationRejectCrosswalkArgs, 'entity' | 'localKey' | 'source'>>;
  removeWebhook?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType, RequireFields<MutationRemoveWebhookArgs, 'id'>>;
  renewWebhook?: Resolver<ResolversTypes['Webhook'], ParentType, ContextType, RequireFields<MutationRenewWebhookArgs, 'id'>>;
  requestAgreement?: Resolver<ResolversTypes['Agreement'], ParentType, ContextType, RequireFields<MutationRequestAgreementArgs, 'input'>>;
  restoreRelease?: Resolver<ResolversTypes['Release'], ParentType, ContextType, RequireFields<MutationRestoreReleaseArgs, 'number' | 'why'>>;
  saveDraft?: Resolver<ResolversTypes['Draft'], ParentType, ContextType, RequireFields<MutationSaveDraftArgs, 'files' | 'id' | 'revision'>>;
  undoCrosswalk?: Resolver<ReadonlyArray<ResolversTypes['CrosswalkKey']>, ParentType, ContextType>;
  withdrawAgreement?: Resolver<ResolversTypes['Agreement'], ParentType, ContextType, RequireFields<MutationWithdrawAgreementArgs, 'id'>>;
};

export type NodeResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType?: TypeResolveFn<null, ParentType, ContextType>;
};

export type OpenKeyResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['OpenKey'] = ResolversParentTypes['OpenKey']> = {
  canonicalKey?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  department?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  evidence?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  localKey?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type OperationExampleResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['OperationExample'] = ResolversParentTypes['OperationExample']> = {
  document?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  accessLog?: Resolver<ResolversTypes['AccessRecordConnection'], ParentType, ContextType, RequireFields<QueryAccessLogArgs, 'first'>>;
  agreements?: Resolver<ReadonlyArray<ResolversTypes['Agreement']>, ParentType, ContextType, Partial<QueryAgreementsArgs>>;
  alertRules?: Resolver<ReadonlyArray<ResolversTypes['AlertRule']>, ParentType, ContextType, Partial<QueryAlertRulesArgs>>;
  alerts?: Resolver<ResolversTypes['AlertConnection'], ParentType, ContextType, RequireFields<QueryAlertsArgs, 'first'>>;
  catalogue?: Resolver<ReadonlyArray<ResolversTypes['CatalogueType']>, ParentType, ContextType, Partial<QueryCatalogueArgs>>;
  catalogueCsv?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  catalogueRows?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  crosswalk?: Resolver<Maybe<ResolversTypes['CrosswalkConnection']>, ParentType, ContextType, RequireFields<QueryCrosswalkArgs, 'first'>>;
  dataIssues?: Resolver<Maybe<ResolversTypes['DataIssueConnection']>, ParentType, ContextType, RequireFields<QueryDataIssuesArgs, 'first' | 'type'>>;
  deniedIdentities?: Resolver<ReadonlyArray<ResolversTypes['DeniedIdentity']>, ParentType, ContextType>;
  draft?: Resolver<ResolversTypes['Draft'], ParentType, ContextType, RequireFields<QueryDraftArgs, 'id'>>;
  drafts?: Resolver<ReadonlyArray<ResolversTypes['Draft']>, ParentType, ContextType, RequireFields<QueryDraftsArgs, 'first'>>;
  drifts?: Resolver<ReadonlyArray<ResolversTypes['SourceDrift']>, ParentType, ContextType>;
  hub?: Resolver<ResolversTypes['Hub'], ParentType, ContextType>;
  operationExamples?: Resolver<ReadonlyArray<ResolversTypes['OperationExample']>, ParentType, ContextType>;
  release?: Resolver<ResolversTypes['Release'], ParentType, ContextType, Partial<QueryReleaseArgs>>;
  releases?: Resolver<ResolversTypes['ReleaseConnection'], ParentType, ContextType, RequireFields<QueryReleasesArgs, 'first'>>;
  sharedByAgreement?: Resolver<ReadonlyArray<ResolversTypes['SharedField']>, ParentType, ContextType>;
  sourceProfile?: Resolver<ReadonlyArray<ResolversTypes['TableProfile']>, ParentType, ContextType, RequireFields<QuerySourceProfileArgs, 'source'>>;
  sources?: Resolver<ReadonlyArray<ResolversTypes['Source']>, ParentType, ContextType>;
  suggestMapping?: Resolver<ResolversTypes['MappingSuggestion'], ParentType, ContextType, RequireFields<QuerySuggestMappingArgs, 'source'>>;
  testAlertRules?: Resolver<ResolversTypes['AlertRuleTest'], ParentType, ContextType, RequireFields<QueryTestAlertRulesArgs, 'days' | 'text'>>;
  unresolved?: Resolver<Maybe<ResolversTypes['Unresolved']>, ParentType, ContextType, RequireFields<QueryUnresolvedArgs, 'type'>>;
  webhooks?: Resolver<ReadonlyArray<ResolversTypes['Webhook']>, ParentType, ContextType>;
  whoAmI?: Resolver<ResolversTypes['WhoAmI'], ParentType, ContextType>;
};

export type RegisteredWebhookResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['RegisteredWebhook'] = ResolversParentTypes['RegisteredWebhook']> = {
  secret?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  webhook?: Resolver<ResolversTypes['Webhook'], ParentType, ContextType>;
};

export type ReleaseResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['Release'] = ResolversParentTypes['Release']> = {
  approvedBy?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  by?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  changes?: Resolver<ReadonlyArray<ResolversTypes['ReleaseFileChange']>, ParentType, ContextType, Partial<ReleaseChangesArgs>>;
  digest?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  files?: Resolver<ReadonlyArray<ResolversTypes['ReleaseFile']>, ParentType, ContextType>;
  isLive?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  number?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  origin?: Resolver<ResolversTypes['ReleaseOrigin'], ParentType, ContextType>;
  publishedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  restores?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  why?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ReleaseConnectionResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['ReleaseConnection'] = ResolversParentTypes['ReleaseConnection']> = {
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Release']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ReleaseFileResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['ReleaseFile'] = ResolversParentTypes['ReleaseFile']> = {
  part?: Resolver<ResolversTypes['ReleasePart'], ParentType, ContextType>;
  path?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ReleaseFileChangeResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['ReleaseFileChange'] = ResolversParentTypes['ReleaseFileChange']> = {
  kind?: Resolver<ResolversTypes['FileChangeKind'], ParentType, ContextType>;
  lines?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  part?: Resolver<ResolversTypes['ReleasePart'], ParentType, ContextType>;
  path?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SharedFieldResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['SharedField'] = ResolversParentTypes['SharedField']> = {
  en?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  field?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  grade?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  provider?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  zh?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type SourceResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['Source'] = ResolversParentTypes['Source']> = {
  catalog?: Resolver<ResolversTypes['SourceCatalog'], ParentType, ContextType>;
  changes?: Resolver<Maybe<ResolversTypes['ChangeCapture']>, ParentType, ContextType>;
  coverage?: Resolver<Maybe<ResolversTypes['Coverage']>, ParentType, ContextType>;
  department?: Resolver<ResolversTypes['Department'], ParentType, ContextType>;
  engine?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  latencyMs?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  ok?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type SourceDriftResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['SourceDrift'] = ResolversParentTypes['SourceDrift']> = {
  changes?: Resolver<ReadonlyArray<ResolversTypes['DriftChange']>, ParentType, ContextType>;
  department?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  quarantine?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SourceRefResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['SourceRef'] = ResolversParentTypes['SourceRef']> = {
  department?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  key?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  mappingVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  observedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  table?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  alerts?: SubscriptionResolver<ResolversTypes['AlertEvent'], "alerts", ParentType, ContextType, Partial<SubscriptionAlertsArgs>>;
};

export type SuggestionReasonResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['SuggestionReason'] = ResolversParentTypes['SuggestionReason']> = {
  about?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  confidence?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  evidence?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  says?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type TableProfileResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['TableProfile'] = ResolversParentTypes['TableProfile']> = {
  columns?: Resolver<ReadonlyArray<ResolversTypes['ColumnProfile']>, ParentType, ContextType>;
  comment?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  rows?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  table?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type UnmappedColumnsResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['UnmappedColumns'] = ResolversParentTypes['UnmappedColumns']> = {
  columns?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  comment?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  table?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type UnresolvedResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['Unresolved'] = ResolversParentTypes['Unresolved']> = {
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  parts?: Resolver<ReadonlyArray<ResolversTypes['UnresolvedPart']>, ParentType, ContextType>;
  sums?: Resolver<ReadonlyArray<ResolversTypes['FieldSum']>, ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type UnresolvedLocalKeyResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['UnresolvedLocalKey'] = ResolversParentTypes['UnresolvedLocalKey']> = {
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  localKey?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sums?: Resolver<ReadonlyArray<ResolversTypes['FieldSum']>, ParentType, ContextType>;
};

export type UnresolvedPartResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['UnresolvedPart'] = ResolversParentTypes['UnresolvedPart']> = {
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  department?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  entity?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  field?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  keyCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  keys?: Resolver<ReadonlyArray<ResolversTypes['UnresolvedLocalKey']>, ParentType, ContextType, RequireFields<UnresolvedPartKeysArgs, 'first'>>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sums?: Resolver<ReadonlyArray<ResolversTypes['FieldSum']>, ParentType, ContextType>;
};

export type WebhookResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['Webhook'] = ResolversParentTypes['Webhook']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  cursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  deadLetterCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  deadLetters?: Resolver<ReadonlyArray<ResolversTypes['DeadLetter']>, ParentType, ContextType, RequireFields<WebhookDeadLettersArgs, 'first'>>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  problem?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  subject?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  subscription?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  url?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type WebhookRedeliveryResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['WebhookRedelivery'] = ResolversParentTypes['WebhookRedelivery']> = {
  taken?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  webhook?: Resolver<ResolversTypes['Webhook'], ParentType, ContextType>;
};

export type WhoAmIResolvers<ContextType = HubContext, ParentType extends ResolversParentTypes['WhoAmI'] = ResolversParentTypes['WhoAmI']> = {
  actions?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  department?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  purpose?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  roles?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  subject?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type Resolvers<ContextType = HubContext> = {
  AccessError?: AccessErrorResolvers<ContextType>;
  AccessRead?: AccessReadResolvers<ContextType>;
  AccessRecord?: AccessRecordResolvers<ContextType>;
  AccessRecordConnection?: AccessRecordConnectionResolvers<ContextType>;
  AccessRecordEdge?: AccessRecordEdgeResolvers<ContextType>;
  AccessSubjects?: AccessSubjectsResolvers<ContextType>;
  Agreement?: AgreementResolvers<ContextType>;
  Alert?: AlertResolvers<ContextType>;
  AlertAcknowledgement?: AlertAcknowledgementResolvers<ContextType>;
  AlertCause?: AlertCauseResolvers<ContextType>;
  AlertConnection?: AlertConnectionResolvers<ContextType>;
  AlertDependency?: AlertDependencyResolvers<ContextType>;
  AlertEdge?: AlertEdgeResolvers<ContextType>;
  AlertEvent?: AlertEventResolvers<ContextType>;
  AlertEvidence?: AlertEvidenceResolvers<ContextType>;
  AlertEvidenceMore?: AlertEvidenceMoreResolvers<ContextType>;
  AlertEvidenceRow?: AlertEvidenceRowResolvers<ContextType>;
  AlertRule?: AlertRuleResolvers<ContextType>;
  AlertRuleFinding?: AlertRuleFindingResolvers<ContextType>;
  AlertRulePast?: AlertRulePastResolvers<ContextType>;
  AlertRulePastEvent?: AlertRulePastEventResolvers<ContextType>;
  AlertRuleProblem?: AlertRuleProblemResolvers<ContextType>;
  AlertRuleTest?: AlertRuleTestResolvers<ContextType>;
  AlertRuleTestResult?: AlertRuleTestResultResolvers<ContextType>;
  AlertSubject?: AlertSubjectResolvers<ContextType>;
  CatalogueField?: CatalogueFieldResolvers<ContextType>;
  CatalogueType?: CatalogueTypeResolvers<ContextType>;
  ChangeCapture?: ChangeCaptureResolvers<ContextType>;
  ChangeConsumer?: ChangeConsumerResolvers<ContextType>;
  ChangeGap?: ChangeGapResolvers<ContextType>;
  CheckResult?: CheckResultResolvers<ContextType>;
  ColumnProfile?: ColumnProfileResolvers<ContextType>;
  Coverage?: CoverageResolvers<ContextType>;
  CrosswalkConnection?: CrosswalkConnectionResolvers<ContextType>;
  CrosswalkEdge?: CrosswalkEdgeResolvers<ContextType>;
  CrosswalkItem?: CrosswalkItemResolvers<ContextType>;
  CrosswalkKey?: CrosswalkKeyResolvers<ContextType>;
  CrosswalkRefresh?: CrosswalkRefreshResolvers<ContextType>;
  CrosswalkSuggestion?: CrosswalkSuggestionResolvers<ContextType>;
  DataIssue?: DataIssueResolvers<ContextType>;
  DataIssueConnection?: DataIssueConnectionResolvers<ContextType>;
  DataIssueCount?: DataIssueCountResolvers<ContextType>;
  DataIssueEdge?: DataIssueEdgeResolvers<ContextType>;
  Date?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  DeadLetter?: DeadLetterResolvers<ContextType>;
  Decimal?: GraphQLScalarType;
  DeniedIdentity?: DeniedIdentityResolvers<ContextType>;
  Department?: DepartmentResolvers<ContextType>;
  DepartmentValue?: DepartmentValueResolvers<ContextType>;
  Draft?: DraftResolvers<ContextType>;
  DraftComparison?: DraftComparisonResolvers<ContextType>;
  DraftImpact?: DraftImpactResolvers<ContextType>;
  DraftMeaningChange?: DraftMeaningChangeResolvers<ContextType>;
  DraftPreview?: DraftPreviewResolvers<ContextType>;
  DraftPreviewIssue?: DraftPreviewIssueResolvers<ContextType>;
  DraftPreviewRow?: DraftPreviewRowResolvers<ContextType>;
  DraftProblem?: DraftProblemResolvers<ContextType>;
  DraftValidation?: DraftValidationResolvers<ContextType>;
  DriftChange?: DriftChangeResolvers<ContextType>;
  EntityMeta?: EntityMetaResolvers<ContextType>;
  FieldIssueCount?: FieldIssueCountResolvers<ContextType>;
  FieldLineage?: FieldLineageResolvers<ContextType>;
  FieldQuality?: FieldQualityResolvers<ContextType>;
  FieldRates?: FieldRatesResolvers<ContextType>;
  FieldSum?: FieldSumResolvers<ContextType>;
  FieldUsage?: FieldUsageResolvers<ContextType>;
  Hub?: HubResolvers<ContextType>;
  JSON?: GraphQLScalarType;
  LabDelta?: LabDeltaResolvers<ContextType>;
  LabTrial?: LabTrialResolvers<ContextType>;
  MappingSuggestion?: MappingSuggestionResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  OpenKey?: OpenKeyResolvers<ContextType>;
  OperationExample?: OperationExampleResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RegisteredWebhook?: RegisteredWebhookResolvers<ContextType>;
  Release?: ReleaseResolvers<ContextType>;
  ReleaseConnection?: ReleaseConnectionResolvers<ContextType>;
  ReleaseFile?: ReleaseFileResolvers<ContextType>;
  ReleaseFileChange?: ReleaseFileChangeResolvers<ContextType>;
  SharedField?: SharedFieldResolvers<ContextType>;
  Source?: SourceResolvers<ContextType>;
  SourceDrift?: SourceDriftResolvers<ContextType>;
  SourceRef?: SourceRefResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  SuggestionReason?: SuggestionReasonResolvers<ContextType>;
  TableProfile?: TableProfileResolvers<ContextType>;
  UnmappedColumns?: UnmappedColumnsResolvers<ContextType>;
  Unresolved?: UnresolvedResolvers<ContextType>;
  UnresolvedLocalKey?: UnresolvedLocalKeyResolvers<ContextType>;
  UnresolvedPart?: UnresolvedPartResolvers<ContextType>;
  Webhook?: WebhookResolvers<ContextType>;
  WebhookRedelivery?: WebhookRedeliveryResolvers<ContextType>;
  WhoAmI?: WhoAmIResolvers<ContextType>;
};

