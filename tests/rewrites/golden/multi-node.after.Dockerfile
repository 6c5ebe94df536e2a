FROM node:20-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
COPY docker/entrypoint.sh /usr/local/bin/
ENV PORT=3000
EXPOSE 3000
USER node
ENTRYPOINT ["entrypoint.sh"]
CMD ["node", "dist/server.js"]

FROM build AS dependencies
USER 0:0
RUN npm prune --omit=dev

FROM node:20-bookworm-slim
ENV PORT=3000
WORKDIR /app
ENV NODE_ENV=production
COPY --from=dependencies /app /app
COPY --from=dependencies /usr/local/bin/entrypoint.sh /usr/local/bin/entrypoint.sh
EXPOSE 3000
USER 1000:1000
ENTRYPOINT ["entrypoint.sh"]
CMD ["node", "dist/server.js"]
