FROM node:latest
WORKDIR /usr/src/app
ARG NPM_TOKEN
RUN echo "//registry.example/:_authToken=$NPM_TOKEN" > .npmrc
COPY . .
RUN npm install && rm -f .npmrc && npm cache clean --force
ENV PORT 80
EXPOSE 80 22
CMD npm start
