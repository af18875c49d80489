/** The benchmark's data: made inside the databases by arithmetic, so that the same size gives the same rows everywhere. */
import { createConnection } from 'mysql2/promise';
import pg from 'pg';

/** Rows of each table. */
export interface DataSize {
  readonly projects: number;
}

export interface DatabaseUrls {
  readonly development: string;
  readonly finance: string;
  readonly housing: string;
  readonly audit: string;
}

export const FULL: DataSize = { projects: 20_000 };
export const DISTRICTS = 20;

export function codeOf(number: number): string {
  return `3205-${2015 + (number % 10)}-${String(number).padStart(6, '0')}`;
}

export const districtOf = (number: number): string => `3205${String(number % DISTRICTS).padStart(2, '0')}`;

const PG_CODE = `'3205-' || (2015 + i % 10) || '-' || lpad(i::text, 6, '0')`;
const PG_DISTRICT = `'3205' || lpad((i % ${DISTRICTS})::text, 2, '0')`;
const MY_CODE = `concat('3205-', 2015 + p % 10, '-', lpad(p, 6, '0'))`;

/** 20k projects, 40k appropriations. */
export async function fillDevelopment(url: string, { projects }: DataSize): Promise<void> {
  await runPostgres(url, [
    `create table project (code varchar(30) collate "C" primary key, name varchar(200) not null, kind varchar(20) not null, district varchar(6) not null, owner varchar(100), status varchar(20) not null, approved_investment numeric(18,2), approved_on date not null)`,
    `create table appropriation (id integer primary key, project_code varchar(30) collate "C" not null, year integer not null, amount numeric(18,2) not null)`,
    `insert into project select ${PG_CODE}, '苏州市基础设施项目第' || i || '号', (array['ROAD','SCHOOL','HOSPITAL','PARK'])[1 + i % 4], ${PG_DISTRICT},
       '建设单位' || (i::bigint * 7919 % 997), (array['APPROVED','ACTIVE','FINISHED'])[1 + i / 7 % 3], (1000000 + i::bigint * 104729 % 90000000)::numeric + (i % 100) / 100.0, date '2015-01-01' + (i * 31 % 3600)
     from generate_series(1, ${projects}) i`,
    `insert into appropriation select a, ${PG_CODE.replaceAll(/\bi\b/g, `(1 + (a - 1) % ${projects})`)}, 2016 + a % 8, (10000 + a::bigint * 7919 % 5000000)::numeric + (a % 100) / 100.0 from generate_series(1, ${projects * 2}) a`,
    `create index on project (district, approved_on)`,
    `create index on appropriation (project_code)`,
    `alter table appropriation add foreign key (project_code) references project`,
    `analyze`,
  ]);
}

/** 20k sites, 30k contracts, 160k milestones. */
export async function fillHousing(url: string, { projects }: DataSize): Promise<void> {
  const code = (row: string): string => PG_CODE.replaceAll(/\bi\b/g, `(1 + (${row} - 1) % ${projects})`);
  await runPostgres(url, [
    `create table site (code varchar(30) collate "C" primary key, name varchar(200) not null, district varchar(6) not null, area numeric(12,2))`,
    `create table contract (id integer primary key, project_code varchar(30) collate "C" not null, contractor varchar(100) not null, amount numeric(18,2) not null, signed_on date)`,
    `create table milestone (id integer primary key, project_code varchar(30) collate "C" not null, kind varchar(20) not null, planned_on date not null, progress integer)`,
    `insert into site select ${PG_CODE}, '工地' || i, ${PG_DISTRICT}, (500 + i * 37 % 90000)::numeric + (i % 100) / 100.0 from generate_series(1, ${projects}) i`,
    `insert into contract select c, ${code('c')}, '施工单位' || (c::bigint * 104729 % 499), (50000 + c::bigint * 7907 % 80000000)::numeric + (c % 100) / 100.0, date '2016-01-01' + (c * 17 % 2500) from generate_series(1, ${(projects * 3) / 2}) c`,
    `insert into milestone select m, ${code('m')}, (array['START','FOUNDATION','FRAME','ROOF','FITTING','TEST','HANDOVER','CLOSE'])[1 + (m - 1) / ${projects} % 8], date '2016-01-01' + (m * 13 % 3000), m % 101 from generate_series(1, ${projects * 8}) m`,
    `create index on site (district)`,
    `create index on contract (project_code)`,
    `create index on milestone (project_code)`,
    `alter table contract add foreign key (project_code) references site`,
    `alter table milestone add foreign key (project_code) references site`,
    `analyze`,
  ]);
}

/** 400k payments: twenty for each project. */
export async function fillFinance(url: string, { projects }: DataSize): Promise<void> {
  await runMariadb(url, [
    `create table payment (id int primary key, project_code varchar(30) not null, amount decimal(18,2) not null, paid_on date not null, payee varchar(100) not null)`,
    `insert into payment select seq, ${MY_CODE.replaceAll(/\bp\b/g, `(1 + (seq - 1) % ${projects})`)}, (10000 + seq * 7919 % 1500000) * (1 + (1 + (seq - 1) % ${projects}) % 50) / 25 + (seq % 100) / 100, date_add('2016-01-01', interval seq * 11 % 3000 day), concat('收款单位', seq * 104729 % 1999)
     from seq_1_to_${projects * 20}`,
    `create index payment_project on payment (project_code)`,
    `analyze table payment`,
  ]);
}

/** 50k findings; a few of them open. */
export async function fillAudit(url: string, { projects }: DataSize): Promise<void> {
  await runMariadb(url, [
    `create table finding (id int primary key, project_code varchar(30) not null, severity varchar(10) not null, status varchar(10) not null, amount decimal(18,2))`,
    `insert into finding select seq, ${MY_CODE.replaceAll(/\bp\b/g, `(1 + (seq * 7919) % ${projects})`)}, elt(1 + seq % 3, 'LOW', 'MIDDLE', 'HIGH'), if(seq % 50 = 7, 'OPEN', elt(1 + seq % 2, 'CLOSED', 'FOLLOWED')), if(seq % 5 = 0, null, seq * 104729 % 9000000 + (seq % 100) / 100)
     from seq_1_to_${(projects * 5) / 2}`,
    `create index finding_project on finding (project_code)`,
    `create index finding_status on finding (status, project_code)`,
    `analyze table finding`,
  ]);
}

async function runPostgres(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

async function runMariadb(url: string, statements: readonly string[]): Promise<void> {
  const connection = await createConnection({ uri: url });
  try {
    for (const statement of statements) await connection.query(statement);
  } finally {
    await connection.end();
  }
}
