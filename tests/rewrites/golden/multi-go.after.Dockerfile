# syntax=docker/dockerfile:1
ARG GO=1.22
FROM golang:${GO} AS build
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

FROM scratch
LABEL org.opencontainers.image.title="api"
ENV PORT=8080
WORKDIR /src
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /bin/api /bin/api
COPY --from=build /src/templates /src/templates
EXPOSE 8080
USER 1000
CMD ["/bin/api", "serve"]
