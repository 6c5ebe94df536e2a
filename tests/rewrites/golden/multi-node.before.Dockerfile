FROM node:20-bookworm
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
