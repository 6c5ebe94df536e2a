FROM alpine:3.20
WORKDIR /root/
COPY app .
RUN addgroup -g 10001 app \
    && adduser -D -u 10001 -G app -s /sbin/nologin app \
    && chmod o+x /root
USER 10001:10001
CMD ["./app"]
