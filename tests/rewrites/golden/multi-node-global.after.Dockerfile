FROM node:22.12.0-bookworm AS build
WORKDIR /app
RUN npm install -g pm2@5.4.3
COPY . .
RUN npm ci && npm run build
CMD ["pm2-runtime", "dist/server.js"]

FROM build AS dependencies
RUN npm prune --omit=dev

FROM node:22.12.0-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=dependencies /usr/local/lib/node_modules /usr/local/lib/node_modules
COPY --from=dependencies /usr/local/bin /usr/local/bin
COPY --from=dependencies /app /app
CMD ["pm2-runtime", "dist/server.js"]
