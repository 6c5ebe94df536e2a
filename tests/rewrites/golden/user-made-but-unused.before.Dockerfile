FROM alpine:3.20
RUN addgroup shop && adduser -D -G shop shop
COPY app /app
CMD ["/app"]
