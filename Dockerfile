# The office and its console. Configuration is by environment (see the README); docker-compose.yml runs it with its services.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
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
RUN npm ci --omit=dev

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
# Alive, not ready: an office whose database is away waits for it, and a restart would not help.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HTTP_PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Stops on SIGTERM in order, within 10 s: give it that time (`docker stop --time 15`).
CMD ["node", "--enable-source-maps", "dist/server/main.js"]
