FROM node:20-alpine AS build
RUN apk add --no-cache python3 make g++ vips-dev
WORKDIR /app
COPY . .
RUN yarn install --frozen-lockfile --production
CMD ["node", "index.js"]

FROM node:20-alpine
WORKDIR /app
ENV NODE_ENV=production
RUN apk add --no-cache vips
COPY --from=build /app /app
CMD ["node", "index.js"]
