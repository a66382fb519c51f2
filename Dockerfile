# The office and its console. Configuration is by environment (see the README); docker-compose.yml runs it with its services.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No package of ours needs a script of its own to be installed, so none is run.
RUN npm ci --ignore-scripts
COPY tsconfig.base.json tsconfig.build.json vite.config.ts ./
COPY scripts scripts
COPY migrations migrations
COPY examples examples
COPY server server
COPY client client
RUN npm run build

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
WORKDIR /app
# The journal is the last resort for messages that the database does not take: keep it on a volume.
RUN install -d -o node -g node /var/lib/dead-letter-office
ENV NODE_ENV=production \
    HTTP_HOST=0.0.0.0 \
    HTTP_PORT=8080 \
    INTAKE_JOURNAL_DIR=/var/lib/dead-letter-office/journal
COPY package.json ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
VOLUME /var/lib/dead-letter-office
EXPOSE 8080
# It writes to the volume alone, so all else can be read-only (docker-compose.yml has it so).
# Alive, not ready: an office whose database is away waits for it, and a restart would not help.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "import(process.env.TLS_CERT_FILE ? 'node:https' : 'node:http').then(({ get }) => get({ host: '127.0.0.1', port: process.env.HTTP_PORT, path: '/health/live', rejectUnauthorized: false }, (r) => process.exit(r.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1)))"]
# Stops on SIGTERM in order, within 10 s: give it that time (`docker stop --time 15`).
CMD ["node", "--enable-source-maps", "dist/server/main.js"]
