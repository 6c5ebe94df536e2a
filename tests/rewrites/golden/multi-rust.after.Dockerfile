FROM rust:1.79-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release
CMD ["/src/target/release/shop"]

FROM debian:bookworm-slim
WORKDIR /src
COPY --from=build /src/target/release/shop /src/target/release/shop
CMD ["/src/target/release/shop"]
