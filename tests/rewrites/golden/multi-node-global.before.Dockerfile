FROM node:22.12.0-bookworm
WORKDIR /app
RUN npm install -g pm2@5.4.3
COPY . .
RUN npm ci && npm run build
CMD ["pm2-runtime", "dist/server.js"]
