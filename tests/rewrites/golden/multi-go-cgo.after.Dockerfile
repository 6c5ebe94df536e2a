FROM golang:1.22-alpine3.20 AS build
WORKDIR /go/src/app
COPY . .
RUN go build -o app .
HEALTHCHECK CMD wget -q -O- http://127.0.0.1:8080/ || exit 1
CMD ["./app"]

FROM alpine:3.20
WORKDIR /go/src/app
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /go/src/app/app /go/src/app/app
HEALTHCHECK CMD wget -q -O- http://127.0.0.1:8080/ || exit 1
CMD ["./app"]
