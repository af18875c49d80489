/** Hive Gateway over four subgraphs by Apollo Federation, one for each department; the subgraphs run beside it in a process of their own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import path from 'node:path';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

const child = spawn(process.execPath, [path.join(import.meta.dirname, 'hive-subgraphs.js')], { stdio: ['ignore', 'pipe', 'inherit'] });
process.on('exit', () => child.kill());
process.on('SIGTERM', () => process.exit(0));
const [printed] = await once(child.stdout, 'data');
const { supergraphSdl, errors } = composeServices(JSON.parse(String(printed)).map(({ typeDefs, ...service }) => ({ ...service, typeDefs: parse(typeDefs) })));
if (errors?.length) throw new Error(errors.map(({ message }) => message).join('\n'));
const gateway = createGatewayRuntime({ supergraph: supergraphSdl, jit: true, logging: false, requestId: false, landingPage: false, graphiql: false });
const server = createServer(gateway).listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
