export type EngineName = 'postgres' | 'mariadb';

/** A private, running database server on 127.0.0.1. */
export interface Service {
  readonly engine: EngineName | 'nats';
  /** Administrator's URL, password included: `postgres://…/postgres` or `mysql://…/`. */
  readonly url: string;
  readonly port: number;
  /** Stops the server; without a directory of its own its data go too. Idempotent. */
  stop(): Promise<void>;
}

export interface ServiceOptions {
  /**
   * Where the data live from one start to the next; made when missing. A server that already runs there is taken over instead of started twice.
   * Default: a fresh throw-away server that trades durability for speed and is removed when it stops.
   */
  readonly directory?: string;
  /** Default: `YIWANG_POSTGRES_PORT` or `YIWANG_MARIADB_PORT`, else any free port below 32768. */
  readonly port?: number;
  /** The server's own settings by name, before those it is started with otherwise. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The server goes on when this process ends, however it ends. Default false. */
  readonly outlivesParent?: boolean;
}

/** What is particular to one kind of server; `start` does the rest. */
export interface Engine {
  readonly name: EngineName | 'nats';
  readonly title: string;
  readonly portVariable: string;
  /** The package of Debian and its kin that has the server. */
  readonly aptPackage: string;
  /** Servers refuse to run as root; then they run as this user where it exists. */
  readonly systemUser: string;
  /** Folder of the server program, or undefined when it is not installed. */
  locate(): Promise<string | undefined>;
  version(programs: string): Promise<string>;
  /** Fills the empty `home` with `data/`. The administrator's password is `password`. */
  initialise(place: Place): Promise<void>;
  command(place: Place, port: number, durable: boolean, settings: ServiceOptions['settings']): readonly string[];
  url(port: number, password: string): string;
  /** Resolves when the server answers; rejects when it does not (yet). */
  ping(url: string): Promise<void>;
  /** `[orderly, at once]` */
  readonly signals: readonly [NodeJS.Signals, NodeJS.Signals];
}

export interface Place {
  readonly programs: string;
  readonly home: string;
  readonly password: string;
  readonly user: SystemUser | undefined;
}

export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** A server could not be found, installed or started; the message says what to do. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
}
