// Takes batches through their lives with Google's own client and says what it saw, one JSON value a line.
// GEMINI_API_KEY, GEMINI_BASE_URL: where; DOWNLOAD: a path for the results.
import { GoogleGenAI } from '@google/genai';

const ai = new GoogleGenAI({ apiKey: process.env.GEMINI_API_KEY, apiVersion: 'v1beta', httpOptions: { baseUrl: process.env.GEMINI_BASE_URL } });
const say = (what, value) => console.log(JSON.stringify({ what, value }));
const finished = async name => {
  for (;;) {
    const job = await ai.batches.get({ name });
    if (!['JOB_STATE_PENDING', 'JOB_STATE_RUNNING'].includes(job.state)) return job;
  }
};

// A file of more than one of the client's chunks
const lines = Array.from({ length: 3 }, (_, i) => JSON.stringify({ key: `job-${i}`, request: { contents: [{ role: 'user', parts: [{ text: `mk-job-${i} ` + 'x'.repeat(4 << 20) }] }] } }));
const file = await ai.files.upload({ file: new Blob(lines.map(line => line + '\n')), config: { mimeType: 'application/jsonl', displayName: 'input', name: 'bw-input' } });
say('file', file);
say('file again', await ai.files.get({ name: file.name }));

const created = await ai.batches.create({ model: 'gemini-2.5-flash', src: file.name, config: { displayName: 'bw:1' } });
say('created', created);
const done = await finished(created.name);
say('done', done);
await ai.files.download({ file: done.dest.fileName, downloadPath: process.env.DOWNLOAD });
say('get of results', await ai.files.get({ name: done.dest.fileName }).catch(error => ({ status: error.status, message: JSON.parse(error.message).error.message })));

const inside = await ai.batches.create({ model: 'gemini-2.5-flash', src: [{ contents: 'mk-inside', metadata: { key: 'k' }, config: { temperature: 0.2 } }], config: { displayName: 'bw:2' } });
say('inside', (await finished(inside.name)).dest);
const embedded = await ai.batches.createEmbeddings({ model: 'gemini-embedding-001', src: { inlinedRequests: { contents: ['a', 'b'], config: { outputDimensionality: 3 } } }, config: { displayName: 'bw:3' } });
say('embedded', (await finished(embedded.name)).dest);

const slow = await ai.batches.create({ model: 'gemini-2.5-flash', src: file.name, config: { displayName: 'slow' } });
await ai.batches.cancel({ name: slow.name });
say('cancelled', await finished(slow.name));

const listed = [];
for await (const job of await ai.batches.list({ config: { pageSize: 2 } })) listed.push(`${job.displayName} ${job.state}`);
say('listed', listed);
await ai.batches.delete({ name: slow.name });
await ai.files.delete({ name: file.name });
const files = [];
for await (const left of await ai.files.list()) files.push(left.name);
say('files left', files);
say('stranger', await new GoogleGenAI({ apiKey: 'stranger', apiVersion: 'v1beta', httpOptions: { baseUrl: process.env.GEMINI_BASE_URL } }).batches.list().catch(error => ({ status: error.status })));
