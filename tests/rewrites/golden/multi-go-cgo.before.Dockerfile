FROM golang:1.22-alpine3.20
WORKDIR /go/src/app
COPY . .
RUN go build -o app .
HEALTHCHECK CMD wget -q -O- http://127.0.0.1:8080/ || exit 1
CMD ["./app"]
