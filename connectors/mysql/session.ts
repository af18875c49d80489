import { escape, format, type ConnectionOptions } from 'mysql2';
import { zoneOffset } from '../../schema/model/date.ts';
import type { SourceConfig } from '../spi/connector.ts';

/** 1 GiB, the highest MariaDB takes: a shorter limit would cut lists without an error. */
const LIST_BYTES = 1_073_741_824;
/** TEXT is ordered by this many bytes. */
const SORT_BYTES = 65_536;
/** Room for a handful of the longest keys at once; taken only as far as needed. */
const SORT_BUFFER_BYTES = 16 * 1024 * 1024;

/** The offset of today: zones with summer time have no fixed one, and a server need not know their names. */
export const sessionOffset = (config: SourceConfig): string => zoneOffset(new Date().toISOString().slice(0, 19).replace('T', ' '), config.timeZone);

export function connectionOptions(config: SourceConfig): ConnectionOptions {
  return {
    uri: config.url,
    charset: 'utf8mb4',
    connectTimeout: config.pool.connectMs,
    enableKeepAlive: true,
    rowsAsArray: true,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    multipleStatements: false,
    flags: ['-LOCAL_FILES'],
    connectAttributes: { program_name: 'yiwang' },
    // Without values there is nothing to look for.
    queryFormat: (text, values?: string[]) => (values && values.length > 0 ? format(text, values) : text),
  };
}

/**
 * What every session sets before anything else, so that the dialect can read what it gives.
 * The cache of subqueries compares what they depend on by the column's collation and so takes `a` for `A`.
 */
export function sessionSetup(offset: string): string {
  return `set character_set_client = utf8mb4, character_set_results = utf8mb4, collation_connection = utf8mb4_nopad_bin, time_zone = ${escape(offset)},
    sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,NO_ENGINE_SUBSTITUTION', group_concat_max_len = ${LIST_BYTES}, max_sort_length = ${SORT_BYTES}, sort_buffer_size = ${SORT_BUFFER_BYTES}, optimizer_switch = 'subquery_cache=off', tx_read_only = 1`;
}
