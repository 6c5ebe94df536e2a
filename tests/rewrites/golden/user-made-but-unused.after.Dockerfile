FROM alpine:3.20
RUN addgroup -g 10001 shop && adduser -u 10001 -D -G shop shop
COPY app /app
USER 10001:10001
CMD ["/app"]
