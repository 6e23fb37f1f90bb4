import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

// The limit: hands out the bytes of a file, whatever it is asked. bare.ts PORT FILE
const [, , port, file = ''] = process.argv;
const bytes = readFileSync(file);
createServer((request, reply) => {
  request.resume();
  reply.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes);
}).listen(Number(port), '127.0.0.1');
