FROM rust:1.70 as builder
WORKDIR /build
COPY . .
RUN cargo build --release

FROM debian:bookworm-slim
RUN apt-get update && apt-get install --no-install-recommends -y ca-certificates curl && rm -rf /var/lib/apt/lists/*
COPY --from=builder /build/target/release/tool /usr/local/bin/tool
ARG RULES_TAR_GZ_SHA256
RUN curl -fsSL https://downloads.example.com/rules.tar.gz -o /tmp/rules.tar.gz && echo "${RULES_TAR_GZ_SHA256}  /tmp/rules.tar.gz" | sha256sum -c - && \
    tar xzf /tmp/rules.tar.gz -C /etc && \
    rm -f /tmp/rules.tar.gz
RUN groupadd --gid 10001 app \
    && useradd --uid 10001 --gid 10001 --no-log-init --create-home --shell /usr/sbin/nologin app
USER 10001:10001
CMD ["tool", "serve"]
