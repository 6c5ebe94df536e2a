# syntax=docker/dockerfile:1
ARG GO=1.22
FROM golang:${GO}
LABEL org.opencontainers.image.title="api"
ENV CGO_ENABLED=0 GOFLAGS=-trimpath
ENV PORT=8080

WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# odd   spacing stays
RUN   go build -o /bin/api \
      # a comment inside
      ./cmd/api

EXPOSE 8080
USER 1000
CMD /bin/api serve
