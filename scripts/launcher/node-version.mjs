// Kept readable for old versions of Node: this is what tells their users.
const WANTED = '20.19';

const [wantedMajor = 0, wantedMinor = 0] = WANTED.split('.').map(Number);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
  console.error(`Node.js ${WANTED} or newer is needed; this is ${process.versions.node} (${process.execPath}).`);
  process.exit(1);
}
