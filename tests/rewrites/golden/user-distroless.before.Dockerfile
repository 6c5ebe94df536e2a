FROM golang:1.22 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /out/app .

FROM registry.example/distroless/static-debian12
COPY --from=build /out/app /app
ENTRYPOINT ["/app"]
