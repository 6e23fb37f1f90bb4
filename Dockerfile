# One image for the gateway and for each subgraph; docker-compose.yml says which is which.
FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Without scripts: the only one that is allowed brings a Node, which this image has.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production APOLLO_TELEMETRY_DISABLED=1
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE NOTICE ./
COPY gateway gateway
COPY subgraphs subgraphs
COPY schema schema
# A volume that is mounted here takes over whose it is.
RUN install --directory --owner=node --group=node /stores
USER node
ENTRYPOINT ["node", "gateway/cli/atrium.js"]
CMD ["--help"]
