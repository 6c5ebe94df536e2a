FROM node:20-slim
ENV HOME=/root
WORKDIR /home/node/app
COPY . .
RUN npm ci --omit=dev
EXPOSE 3000
CMD ["node", "server.js"]
