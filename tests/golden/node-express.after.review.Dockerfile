# syntax=docker/dockerfile:1
FROM node:latest AS build
WORKDIR /usr/src/app
RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true echo "//registry.example/:_authToken=$NPM_TOKEN" > .npmrc
COPY . .
RUN npm install && rm -f .npmrc
ENV PORT 80
EXPOSE 80
CMD npm start

FROM build AS dependencies
RUN npm prune --omit=dev

FROM node:slim
ENV PORT 80
WORKDIR /usr/src/app
ENV NODE_ENV=production
COPY --from=dependencies /usr/src/app /usr/src/app
RUN install -d -o 1000 -g 1000 /usr/src/app
USER 1000:1000
EXPOSE 80
HEALTHCHECK CMD ["node", "-e", "fetch('http://127.0.0.1:80/health').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["npm", "start"]
