FROM rust:1.79-bookworm
WORKDIR /src
COPY . .
RUN cargo build --release
CMD ["/src/target/release/shop"]
