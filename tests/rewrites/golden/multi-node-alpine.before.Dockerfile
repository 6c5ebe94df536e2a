FROM node:20-alpine
RUN apk add --no-cache python3 make g++ vips-dev
WORKDIR /app
COPY . .
RUN yarn install --frozen-lockfile --production
CMD ["node", "index.js"]
