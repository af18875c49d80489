/** The baseline as a process of its own; databases and port come from the environment. */
import { createBaseline } from './server.ts';

const { DEVELOPMENT_URL = '', FINANCE_URL = '', HOUSING_URL = '', AUDIT_URL = '', PORT = '0' } = process.env;
const baseline = createBaseline({ development: DEVELOPMENT_URL, finance: FINANCE_URL, housing: HOUSING_URL, audit: AUDIT_URL });
console.log(await baseline.listen(Number(PORT)));
