FROM rust:1.70 as builder
WORKDIR /build
COPY . .
RUN cargo build --release

FROM debian:buster-slim
RUN apt-get update && apt-get install -y ca-certificates curl && rm -rf /var/lib/apt/lists/*
COPY --from=builder /build/target/release/tool /usr/local/bin/tool
RUN curl -fsSL http://downloads.example.com/rules.tar.gz -o /tmp/rules.tar.gz && \
    tar xzf /tmp/rules.tar.gz -C /etc && \
    rm -f /tmp/rules.tar.gz
CMD ["tool", "serve"]
