FROM alpine:3.20
RUN apk add --no-cache lua5.4
COPY app.lua /app/
RUN addgroup -g 10001 app \
    && adduser -D -u 10001 -G app -s /sbin/nologin app
USER 10001:10001
ENTRYPOINT ["lua5.4", "/app/app.lua"]
