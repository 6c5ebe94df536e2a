FROM alpine:3.20
RUN apk add --no-cache lua5.4
COPY app.lua /app/
ENTRYPOINT ["lua5.4", "/app/app.lua"]
