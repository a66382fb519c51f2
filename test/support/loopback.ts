import { Agent } from 'node:http';

/** An agent whose connections come from that address: `127.0.0.1` to `127.255.255.254` are all this machine. */
export function fromAddress(localAddress: string): Agent {
  return new Agent({ localAddress, keepAlive: false });
}
