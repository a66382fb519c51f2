import { connect, type Socket } from 'node:net';

/** Without another sound for so long the answer is over, in ms. */
const QUIET_MS = 400;

/** Sends these bytes to a server as they are, and gives everything that came back. */
export async function rawHttp(url: string, ...pieces: (string | Buffer)[]): Promise<string> {
  const socket = openRaw(url);
  for (const piece of pieces) socket.write(piece);
  let said = '';
  return await new Promise((resolve) => {
    const end = () => {
      clearTimeout(quiet);
      socket.destroy();
      resolve(said);
    };
    let quiet = setTimeout(end, 5_000);
    socket.on('data', (chunk) => {
      said += chunk.toString('latin1');
      clearTimeout(quiet);
      quiet = setTimeout(end, QUIET_MS);
    });
    socket.on('close', end);
    socket.on('error', end);
  });
}

export function openRaw(url: string): Socket {
  const { hostname, port } = new URL(url);
  return connect(Number(port), hostname);
}

/** The status codes of all answers in what came back, in order. */
export const statusesOf = (said: string): number[] =>
  [...said.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
