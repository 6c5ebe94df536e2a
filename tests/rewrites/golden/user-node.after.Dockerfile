FROM node:20-slim
ENV HOME=/root
WORKDIR /home/node/app
COPY . .
RUN npm ci --omit=dev
RUN install -d -o 1000 -g 1000 /home/node/app
ENV HOME=/home/node
USER 1000:1000
EXPOSE 3000
CMD ["node", "server.js"]
